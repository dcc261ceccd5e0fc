"""What is promised on stock: reservations, internal allocations, goods held for notices, inspections."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from inventory.models import Inspection, InternalAllocation, PhysicalHold, Reservation
from vmi.core.admin import ReadOnlyAdmin, namespace_site


@admin.register(Reservation, site=namespace_site)
class ReservationAdmin(ReadOnlyAdmin):
    """Holds and sales by document line."""

    list_display = (
        "source_sn",
        "line_no",
        "bucket",
        "channel",
        "quantity",
        "shipped_qty",
        "state",
        "expires_at",
        "created_at",
    )
    list_filter = ("state", "source_type", "channel")
    list_select_related = ("channel", "bucket__pool__logical__sku__product", "bucket__pool__logical__warehouse")
    search_fields = ("source_sn__exact",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Reservation]:
        """With everything the bucket's name needs, in one query."""
        return super().get_queryset(request).select_related("bucket__pool__logical__owner", "bucket__channel")


@admin.register(InternalAllocation, site=namespace_site)
class InternalAllocationAdmin(ReadOnlyAdmin):
    """Goods promised to internal documents."""

    list_display = ("source_sn", "line_no", "logical", "quantity", "shipped_qty", "state", "created_at")
    list_filter = ("state", "source_type")
    list_select_related = ("logical__sku__product", "logical__warehouse", "logical__owner")
    search_fields = ("source_sn__exact",)


@admin.register(PhysicalHold, site=namespace_site)
class PhysicalHoldAdmin(ReadOnlyAdmin):
    """Goods held on locations for ship notices."""

    list_display = ("source_sn", "line_no", "physical", "quantity", "shipped_qty", "state", "created_at")
    list_filter = ("state", "source_type")
    list_select_related = ("physical__sku__product", "physical__location")
    search_fields = ("source_sn__exact",)


@admin.register(Inspection, site=namespace_site)
class InspectionAdmin(ReadOnlyAdmin):
    """Returned goods and their verdicts."""

    list_display = ("source_sn", "line_no", "physical", "quantity", "good_qty", "bad_qty", "created_at")
    list_filter = ("source_type",)
    list_select_related = ("physical__sku__product", "physical__location")
    search_fields = ("source_sn__exact",)
