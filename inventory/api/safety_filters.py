"""Filters of the lists of safety stock."""

from typing import Any

from django.db.models import Q, QuerySet

from inventory.models import SafetyPolicy, SafetyRelease, SafetyReview
from inventory.selectors.safety import locked_on
from vmi.api.filters import BooleanFilter, CamelFilterSet, IdFilter, TextFilter
from vmi.core import clock


class SafetyFilter(CamelFilterSet):
    """Policies by place and SKU; those not backed, locked today, or with units released."""

    warehouse_id = IdFilter(field_name="logical__warehouse_id")
    owner_id = IdFilter(field_name="logical__owner_id")
    sku_id = IdFilter(field_name="logical__sku_id")
    sku = TextFilter(field_name="logical__sku__sku")
    deficit = BooleanFilter(method="by_deficit")
    locked = BooleanFilter(method="by_lock")
    released = BooleanFilter(method="by_release")

    class Meta:
        """Exact filters."""

        model = SafetyPolicy
        fields = ("logical", "review_every")

    def by_deficit(self, rows: QuerySet[Any], _name: str, wanted: bool) -> QuerySet[Any]:
        """Whether something is missing."""
        return rows.filter(deficit_qty__gt=0) if wanted else rows.filter(deficit_qty=0)

    def by_lock(self, rows: QuerySet[Any], _name: str, wanted: bool) -> QuerySet[Any]:
        """Whether the lock holds today."""
        holds = locked_on(clock.local_date(clock.now()))
        return rows.filter(holds if wanted else ~holds)

    def by_release(self, rows: QuerySet[Any], _name: str, wanted: bool) -> QuerySet[Any]:
        """Whether units are released."""
        return rows.filter(Q(released_qty__gt=0) if wanted else Q(released_qty=0))


class SafetyReleaseFilter(CamelFilterSet):
    """Releases by policy, row and step."""

    logical_id = IdFilter(field_name="policy__logical_id")

    class Meta:
        """Exact filters."""

        model = SafetyRelease
        fields = ("policy", "step", "release")


class SafetyReviewFilter(CamelFilterSet):
    """Reviews by policy, row, verdict and state."""

    logical_id = IdFilter(field_name="policy__logical_id")
    warehouse_id = IdFilter(field_name="policy__logical__warehouse_id")

    class Meta:
        """Exact filters."""

        model = SafetyReview
        fields = ("policy", "verdict", "state")
