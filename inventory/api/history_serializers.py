"""The history of stock on the wire: entries with names, and stock as it was."""

from typing import Any

from rest_framework import serializers

from inventory.api.serializers import LedgerEntrySerializer
from inventory.choices import COLUMNS
from inventory.models import LedgerEntry
from vmi.api.naming import camel
from vmi.api.serializers import CamelSerializer


class HistoryEntrySerializer(LedgerEntrySerializer):
    """One change of one number: what, where, by whom and why."""

    sku_id = serializers.IntegerField(source="row.sku_id", read_only=True, default=None)
    sku = serializers.CharField(source="row.sku", read_only=True, default=None)
    place = serializers.CharField(source="row.place", read_only=True, default=None)
    actor_name = serializers.CharField(read_only=True)
    reason = serializers.CharField(read_only=True)

    class Meta:
        model = LedgerEntry
        fields = (*LedgerEntrySerializer.Meta.fields, "sku_id", "sku", "place", "actor_name", "reason")
        read_only_fields: Any = fields


def _named(figures: dict[Any, int]) -> dict[str, int]:
    """Figures under the names of their columns."""
    return {camel(COLUMNS[counter]): units for counter, units in figures.items()}


class RowAtSerializer(CamelSerializer):
    """A row of another layer as it was."""

    layer = serializers.IntegerField()
    layer_name = serializers.CharField(source="layer.label")
    row_id = serializers.IntegerField()
    title = serializers.CharField()
    figures = serializers.SerializerMethodField()

    def get_figures(self, row: Any) -> dict[str, int]:
        """Units by column."""
        return _named(row.figures)


class StockAtSerializer(CamelSerializer):
    """A logical row as it was at an instant, with the rows above and below it."""

    id = serializers.IntegerField()
    sku = serializers.IntegerField(source="sku_id")
    sku_code = serializers.CharField(source="sku")
    warehouse = serializers.IntegerField(source="warehouse_id")
    warehouse_name = serializers.CharField(source="warehouse")
    owner = serializers.IntegerField(source="owner_id")
    owner_name = serializers.CharField(source="owner")
    figures = serializers.SerializerMethodField()
    available_qty = serializers.IntegerField(source="available")
    rows = RowAtSerializer(many=True)

    def get_figures(self, stock: Any) -> dict[str, int]:
        """Units by column."""
        return _named(stock.figures)
