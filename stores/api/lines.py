"""Document lines on the wire: ``goodsInfo`` (S000-18)."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, ClassVar

from rest_framework import serializers

from stores.choices import LineType
from stores.models import GoodsInfo, GoodsInfoLocation
from stores.services import DocumentLine
from vmi.api.serializers import (
    CamelModelSerializer,
    CharField,
    IdField,
    IntegerField,
    MoneyField,
    QuantityField,
    StatusNameField,
    TrackedSerializer,
)

PLACES_MAX = 100
"""Most locations of one line in a body."""


class PlaceSerializer(CamelModelSerializer):
    """Units of a line at one location."""

    location = IdField(source="location_id")
    location_code = CharField(source="location.code", read_only=True)
    quantity = QuantityField()

    class Meta:
        model = GoodsInfoLocation
        fields = ("location", "location_code", "quantity")


class LineSerializer(CamelModelSerializer):
    """A line inside its document. ``price`` is the cost of one unit; ``shelf`` follows from the locations (C-14)."""

    sku = CharField(required=False, max_length=64)
    product = IdField(source="product_id")
    type = serializers.ChoiceField(choices=LineType.choices, read_only=True)
    count = QuantityField()
    price = MoneyField(required=False)
    batch = CharField(required=False, allow_blank=True, max_length=64)
    locations = PlaceSerializer(source="places", many=True, required=False)
    shelf = serializers.ListField(child=IdField(), required=False, max_length=PLACES_MAX)
    amount = serializers.SerializerMethodField()

    class Meta:
        model = GoodsInfo
        fields: ClassVar[tuple[str, ...]] = (
            "id",
            "line_no",
            "sku",
            "product",
            "type",
            "count",
            "price",
            "amount",
            "batch",
            "shelf",
            "locations",
        )
        read_only_fields: ClassVar[tuple[str, ...]] = ("id", "line_no")

    def get_amount(self, line: GoodsInfo) -> str:
        """Count times price, rounded half up to the cent (C-09)."""
        return f"{line.amount:.2f}"

    def to_representation(self, instance: GoodsInfo) -> dict[str, Any]:
        """The stored line; its shelves are read from its locations."""
        data: dict[str, Any] = super().to_representation(instance)
        data["shelf"] = sorted({place.location.shelf_id for place in instance.places.all()})
        return data


class GoodsInfoSerializer(LineSerializer, TrackedSerializer):
    """A line on its own; store and status are those of its document (C-13)."""

    stockin = IdField(source="stockin_id", allow_null=True)
    stockout = IdField(source="stockout_id", allow_null=True)
    store = IdField(source="document.store_id", allow_null=True)
    status = IntegerField(source="document.status_id")
    status_name = StatusNameField(source="document.status_id")

    class Meta(LineSerializer.Meta):
        fields = (*LineSerializer.Meta.fields, "stockin", "stockout", "store", "status", "status_name")
        read_only_fields: ClassVar[tuple[str, ...]] = fields


def document_lines(rows: Sequence[dict[str, Any]]) -> list[DocumentLine]:
    """Validated ``goodsInfo`` as the lines of a command."""
    return [
        DocumentLine(
            sku_id=row["product_id"],
            quantity=row["count"],
            price=row.get("price", Decimal(0)),
            locations=tuple((place["location_id"], place["quantity"]) for place in row.get("places", ())),
            batch=row.get("batch", ""),
            shelf_ids=tuple(row.get("shelf", ())),
            sku=row.get("sku", ""),
        )
        for row in rows
    ]
