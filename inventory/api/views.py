"""Endpoints of the inventory centre: thin calls of selectors and commands."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from inventory.api import filters
from inventory.api.refused_serializers import RefusedDemandSerializer
from inventory.api.serializers import (
    AdjustedSerializer,
    AdjustSerializer,
    BranchSerializer,
    ChannelSerializer,
    ChannelStockSerializer,
    LedgerEntrySerializer,
    LogicalStockSerializer,
    PhysicalStockSerializer,
    PoolSerializer,
    ReservationSerializer,
)
from inventory.choices import AdjustOperation
from inventory.models import (
    AllocationPool,
    Channel,
    ChannelStock,
    LedgerEntry,
    LogicalStock,
    PhysicalStock,
    RefusedDemand,
    Reservation,
)
from inventory.selectors import waterfall
from inventory.services import adjust
from vmi.api.viewsets import ReadViewSet, command
from vmi.core.sources import Source
from vmi.numbering.services import next_number


class ChannelViewSet(ReadViewSet):
    """Sales channels; stores open theirs."""

    queryset = Channel.objects.prefetch_related("sources")
    serializer_class = ChannelSerializer
    filterset_class = filters.ChannelFilter
    ordering_fields = ("code", "name", "create_time")


class LogicalStockViewSet(ReadViewSet):
    """Logical rows; ``adjust`` corrects one with a reason."""

    queryset = LogicalStock.objects.select_related("sku")
    serializer_class = LogicalStockSerializer
    filterset_class = filters.LogicalStockFilter
    ordering_fields = ("id", "available_qty", "physical_base_qty")
    permission_map = {"waterfall": "inventory.view_logicalstock"}

    @command(
        permission="inventory.adjust_stock", request=AdjustSerializer, response=AdjustedSerializer, idempotent=True
    )
    def adjust(self, obj: LogicalStock, data: dict[str, Any]) -> dict[str, Any]:
        """ADD, SUBTRACT or SET the qualified units of a row; ``dryRun`` tells the effect and writes nothing."""
        changed = adjust(
            logical_id=obj.pk,
            operation=AdjustOperation(data["operation"]),
            quantity=data["quantity"],
            reason=data["reason"],
            location_id=data.get("location"),
            source=Source("adjust", next_number("adjustment")),
            actor=self.actor,
            dry_run=data["dry_run"],
        )
        return {"changed_by": changed, "row": self.get_object()}

    @extend_schema(responses=BranchSerializer(many=True))
    @action(detail=True, methods=["get"])
    def waterfall(self, request: Request, pk: str) -> Response:
        """The SKU of this row across the four layers, one branch per warehouse and owner."""
        branches = waterfall(self.get_object().sku_id)
        return Response(BranchSerializer(branches, many=True).data)


class PoolViewSet(ReadViewSet):
    """Allocation pools."""

    queryset = AllocationPool.objects.all()
    serializer_class = PoolSerializer
    filterset_class = filters.PoolFilter
    ordering_fields = ("id", "quota_qty")


class ChannelStockViewSet(ReadViewSet):
    """Sellable buckets."""

    queryset = ChannelStock.objects.all()
    serializer_class = ChannelStockSerializer
    filterset_class = filters.ChannelStockFilter
    ordering_fields = ("id", "held_qty", "sold_qty")


class PhysicalStockViewSet(ReadViewSet):
    """What lies on which location."""

    queryset = PhysicalStock.objects.select_related("location", "batch")
    serializer_class = PhysicalStockSerializer
    filterset_class = filters.PhysicalStockFilter
    ordering_fields = ("id", "quantity")


class ReservationViewSet(ReadViewSet):
    """Promises on buckets."""

    queryset = Reservation.objects.all()
    serializer_class = ReservationSerializer
    filterset_class = filters.ReservationFilter
    ordering_fields = ("id", "expires_at")


class RefusedDemandViewSet(ReadViewSet):
    """What buyers could not have, by stock row, day and buyer; written a moment after the refusals."""

    queryset = RefusedDemand.objects.select_related("logical__sku")
    serializer_class = RefusedDemandSerializer
    filterset_class = filters.RefusedDemandFilter
    ordering_fields = ("id", "day", "units", "times")


class LedgerEntryViewSet(ReadViewSet):
    """The ledger: every change of every number."""

    queryset = LedgerEntry.objects.all()
    serializer_class = LedgerEntrySerializer
    filterset_class = filters.LedgerFilter
    ordering_fields = ("id", "at", "version")
