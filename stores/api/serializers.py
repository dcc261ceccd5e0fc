"""Stores, staff, listings and documents on the wire."""

from collections.abc import Mapping
from typing import Any, ClassVar

from rest_framework import serializers
from rest_framework.fields import empty

from stores.api.lines import LineSerializer
from stores.exceptions import DerivedField
from stores.models import Goods, Member, StockDocument, StockIn, StockOut, Store
from stores.selectors import GoodsStock, goods_stock
from vmi.api.permissions import is_customer
from vmi.api.serializers import (
    BooleanField,
    CamelSerializer,
    CharField,
    CommandSerializer,
    IdField,
    InstantField,
    IntegerField,
    MoneyField,
    StatusNameField,
    TrackedSerializer,
)

SHELVES_MAX = 1000


class SourceSerializer(CamelSerializer):
    """Whose goods a store sells, from where."""

    warehouse = IdField()
    owner = IdField()


class StoreSerializer(TrackedSerializer):
    """A store (S000-16). ``code`` and ``sources`` are given on creation only; ``shelf`` is a list of ids."""

    code = CharField(required=False, max_length=64)
    channel = IdField(source="channel_id", read_only=True)
    shelf = serializers.ListField(child=IdField(), required=False, max_length=SHELVES_MAX)
    sources = SourceSerializer(many=True, write_only=True, required=False)

    class Meta:
        model = Store
        fields = ("id", "code", "name", "description", "channel", "order_hold_minutes", "shelf", "sources")

    def to_representation(self, instance: Store) -> dict[str, Any]:
        """The stored store with its shelves, which the list has fetched at once."""
        instance.shelf = sorted(link.shelf_id for link in instance.shelf_links.all())  # type: ignore[attr-defined]
        data: dict[str, Any] = super().to_representation(instance)
        return data


class MemberSerializer(TrackedSerializer):
    """Store staff (S000-19); ``user`` is who they sign in as (C-54)."""

    store = IdField(source="store_id")
    user = IdField(source="user_id", required=False, allow_null=True)

    class Meta:
        model = Member
        fields = ("id", "title", "name", "store", "user")


class GoodsListSerializer(serializers.ListSerializer[Any]):
    """A page of listings: its stock is asked once."""

    def to_representation(self, data: Any) -> list[Any]:
        """Attach the stock before the rows are written."""
        rows = list(data.all() if hasattr(data, "all") else data)
        context: Any = self.context
        context["goods_stock"] = goods_stock(rows)
        return super().to_representation(rows)


class GoodsSerializer(TrackedSerializer):
    """A listing (S000-17). ``count``, ``sellable`` and ``shelf`` are read from the stock core, never written (C-01).

    Members see whether it can be bought (``inStock``) instead of the figures (C-46).
    """

    sku = CharField(required=False, max_length=64)
    name = CharField(required=False, max_length=200)
    product = IdField(source="product_id")
    store = IdField(source="store_id")
    price = MoneyField()
    status = IntegerField(source="status_id", required=False)
    status_name = StatusNameField(source="status_id")
    count = serializers.SerializerMethodField()
    sellable = serializers.SerializerMethodField()
    in_stock = serializers.SerializerMethodField()
    shelf = serializers.SerializerMethodField()

    class Meta:
        model = Goods
        list_serializer_class = GoodsListSerializer
        fields = (
            "id",
            "sku",
            "name",
            "description",
            "parameter",
            "service_info",
            "product",
            "count",
            "sellable",
            "in_stock",
            "price",
            "shelf",
            "store",
            "status",
            "status_name",
        )

    derived: ClassVar[frozenset[str]] = frozenset({"count", "sellable", "shelf", "inStock"})

    def run_validation(self, data: Any = empty) -> Any:
        """Say where stock is changed instead when somebody tries to write it here."""
        written = sorted(self.derived & set(data)) if isinstance(data, Mapping) else []
        if written:
            raise DerivedField(param=written[0])
        return super().run_validation(data)

    def get_count(self, goods: Goods) -> int | None:
        """Qualified units on the store's shelves."""
        return self._stock(goods).count if self._exact else None

    def get_sellable(self, goods: Goods) -> int | None:
        """Units the store may sell now."""
        return self._stock(goods).sellable if self._exact else None

    def get_in_stock(self, goods: Goods) -> bool:
        """Whether at least one unit may be sold now."""
        return self._stock(goods).sellable > 0

    def get_shelf(self, goods: Goods) -> list[int]:
        """The store's shelves the SKU lies on."""
        return list(self._stock(goods).shelf) if self._exact else []

    @property
    def _exact(self) -> bool:
        request = self.context.get("request")
        return request is None or not is_customer(request.user)

    def _stock(self, goods: Goods) -> GoodsStock:
        context: Any = self.context
        known: dict[int, GoodsStock] = context.setdefault("goods_stock", {})
        if goods.pk not in known:
            known.update(goods_stock([goods]))
        return known[goods.pk]


class DocumentSerializer(TrackedSerializer):
    """What stock-in and stock-out show and take; lines are replaced as a whole while the document is a draft."""

    warehouse = IdField(source="warehouse_id")
    owner = IdField(source="owner_id")
    store = IdField(source="store_id", required=False, allow_null=True)
    goods_info = LineSerializer(source="lines", many=True, allow_empty=False)
    quantity = IntegerField(read_only=True)
    submitted_by = IdField(source="submitted_by_id", read_only=True)
    submitted_at = InstantField(read_only=True)
    approved_by = IdField(source="approved_by_id", read_only=True)
    approved_at = InstantField(read_only=True)
    rejected_by = IdField(source="rejected_by_id", read_only=True)
    rejected_at = InstantField(read_only=True)
    done_at = InstantField(read_only=True)

    class Meta:
        model: ClassVar[type[StockDocument]]
        fields: ClassVar[tuple[str, ...]] = (
            "id",
            "sn",
            "type",
            "warehouse",
            "owner",
            "store",
            "status",
            "description",
            "goods_info",
            "quantity",
            "amount",
            "source_type",
            "source_sn",
            "submitted_by",
            "submitted_at",
            "approved_by",
            "approved_at",
            "rejected_by",
            "rejected_at",
            "done_at",
            "reason",
        )
        read_only_fields = ("id", "sn", "amount", "source_type", "reason")


class StockInSerializer(DocumentSerializer):
    """A stock-in (S000-20)."""

    class Meta(DocumentSerializer.Meta):
        model = StockIn


class StockOutSerializer(DocumentSerializer):
    """A stock-out (S000-21); a transfer may name where it goes, when it is due and whether it is sold on its way.

    ``quotaChannel`` and ``quotaPurpose`` name the quota that gives the goods; null: units of no pool, then shared ones.
    """

    destination = IdField(source="destination_id", required=False, allow_null=True)
    due_on = serializers.DateField(required=False, allow_null=True)
    opens_presale = BooleanField(required=False)
    quota_channel = IdField(source="quota_channel_id", required=False, allow_null=True)

    class Meta(DocumentSerializer.Meta):
        model = StockOut
        fields: ClassVar[tuple[str, ...]] = (
            *DocumentSerializer.Meta.fields,
            "destination",
            "due_on",
            "opens_presale",
            "quota_purpose",
            "quota_channel",
        )


class ReasonSerializer(CommandSerializer):
    """Why a document is rejected."""

    reason = CharField(max_length=500)


class OptionalReasonSerializer(CommandSerializer):
    """Why a document is cancelled."""

    reason = CharField(required=False, allow_blank=True, max_length=500)


class ParcelSerializer(CommandSerializer):
    """Who took the goods, if anybody did."""

    company = CharField(required=False, allow_blank=True, max_length=64)
    tracking_no = CharField(required=False, allow_blank=True, max_length=64)
