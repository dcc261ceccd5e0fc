"""Filters of supply lines and of the promise queue."""

from typing import Any

from django.db.models import QuerySet

from inventory.choices import HoldState
from inventory.models import Reservation, SupplyLine, SupplyStep
from vmi.api.filters import BooleanFilter, CamelFilterSet, IdFilter, TextFilter


class SupplyLineFilter(CamelFilterSet):
    """Supply lines by place, SKU, document, state, kind and day; those with presale open."""

    warehouse_id = IdFilter(field_name="logical__warehouse_id")
    owner_id = IdFilter(field_name="logical__owner_id")
    sku_id = IdFilter(field_name="logical__sku_id")
    sku = TextFilter(field_name="logical__sku__sku")
    presale = BooleanFilter(method="by_presale")

    class Meta:
        """Exact filters and a span of days."""

        model = SupplyLine
        fields = {
            "logical": ["exact"],
            "bucket": ["exact"],
            "kind": ["exact"],
            "state": ["exact"],
            "source_type": ["exact"],
            "source_sn": ["exact"],
            "due_on": ["gte", "lt"],
        }

    def by_presale(self, rows: QuerySet[Any], _name: str, wanted: bool) -> QuerySet[Any]:
        """Whether units of it may be sold before they come."""
        return rows.filter(presale_qty__gt=0) if wanted else rows.filter(presale_qty=0)


class SupplyStepFilter(CamelFilterSet):
    """Steps by supply line, by the document that announced it and by the one that did the step."""

    line_id = IdFilter()
    line_source_sn = TextFilter(field_name="line__source_sn")

    class Meta:
        """Exact filters."""

        model = SupplyStep
        fields = ("command", "source_type", "source_sn")


class PromiseFilter(CamelFilterSet):
    """Waiting promises by place, SKU, document, kind, payment, supply line and day."""

    warehouse_id = IdFilter(field_name="bucket__pool__logical__warehouse_id")
    owner_id = IdFilter(field_name="bucket__pool__logical__owner_id")
    sku_id = IdFilter(field_name="bucket__pool__logical__sku_id")
    sku = TextFilter(field_name="bucket__pool__logical__sku__sku")
    paid = BooleanFilter(method="by_payment")

    class Meta:
        """Exact filters and a span of days."""

        model = Reservation
        fields = {
            "bucket": ["exact"],
            "channel": ["exact"],
            "kind": ["exact"],
            "supply_line": ["exact"],
            "source_type": ["exact"],
            "source_sn": ["exact"],
            "promised_on": ["gte", "lt"],
        }

    def by_payment(self, rows: QuerySet[Any], _name: str, wanted: bool) -> QuerySet[Any]:
        """Whether it was paid."""
        return rows.filter(state=HoldState.SOLD if wanted else HoldState.HELD)
