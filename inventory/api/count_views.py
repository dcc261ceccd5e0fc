"""Locks, stocktakes and snapshots of warehouse systems over HTTP."""

import hashlib
from typing import Any

from inventory.api import count_serializers as wire
from inventory.api.count_filters import DifferenceFilter, SnapshotFilter, StockLockFilter, StocktakeFilter
from inventory.choices import LockReason, Quality
from inventory.models import SnapshotDifference, StockLock, Stocktake, WmsSnapshot
from inventory.services import (
    CountLine,
    LockLine,
    UnlockLine,
    approve_stocktake,
    count,
    decide_difference,
    lock,
    lock_units,
    open_stocktake,
    reject_stocktake,
    submit_stocktake,
    unlock,
)
from vmi.api.idempotency import HEADER
from vmi.api.viewsets import ReadViewSet, command
from vmi.core.exceptions import InvalidRequest
from vmi.numbering.services import next_number

LOCK = "inventory.lock_stock"
APPROVE = "inventory.approve_stocktake"
DECIDE = "inventory.decide_wmssnapshot"


class StockLockViewSet(ReadViewSet):
    """Locks: quality, near expiry, after-sale, legal (S001-10)."""

    queryset = StockLock.objects.prefetch_related("lines").order_by("-id")
    serializer_class = wire.StockLockSerializer
    filterset_class = StockLockFilter
    ordering_fields = ("id", "until")

    @command(detail=False, permission=LOCK, request=wire.LockInput, response=wire.StockLockSerializer, idempotent=True)
    def lock(self, data: dict[str, Any]) -> StockLock:
        """Lock places, or units of a logical row that would leave last (header Idempotency-Key)."""
        terms: dict[str, Any] = {
            "sn": next_number("stockLock"),
            "reason": LockReason(data["reason"]),
            "note": data["note"],
            "until": data["until"],
            "actor": self.actor,
            "dry_run": data["dry_run"],
        }
        if lines := data.get("lines"):
            if "logical_stock" in data or "quantity" in data:
                raise InvalidRequest(code="lines_or_units", param="lines")
            places = [LockLine(n, line["physical_stock"], line["quantity"]) for n, line in enumerate(lines, start=1)]
            return lock(lines=places, **terms)
        if "logical_stock" not in data or "quantity" not in data:
            raise InvalidRequest(code="required", param="lines")
        return lock_units(logical_id=data["logical_stock"], quantity=data["quantity"], **terms)

    @command(permission=LOCK, request=wire.UnlockInput, idempotent=True)
    def unlock(self, obj: StockLock, data: dict[str, Any]) -> None:
        """Unlock some units or all that is left (header Idempotency-Key)."""
        lines = data.get("lines")
        unlock(
            sn=obj.sn,
            lines=None if lines is None else [UnlockLine(**line) for line in lines],
            reference=self._reference(),
            note=data["note"],
            actor=self.actor,
        )

    def _reference(self) -> str:
        """What tells this call from every other one: keys have up to 255 characters and belong to one user."""
        call = f"{self.actor.user_id}:{self.request.headers.get(HEADER, '')}"
        return hashlib.sha256(call.encode()).hexdigest()


class StocktakeViewSet(ReadViewSet):
    """Counts: opened, counted, submitted, approved by others (S001-13)."""

    queryset = Stocktake.objects.prefetch_related("lines").order_by("-id")
    serializer_class = wire.StocktakeSerializer
    filterset_class = StocktakeFilter
    ordering_fields = ("id", "create_time")

    @command(
        detail=False,
        permission="inventory.add_stocktake",
        request=wire.OpenStocktakeInput,
        response=wire.StocktakeSerializer,
        idempotent=True,
    )
    def open(self, data: dict[str, Any]) -> Stocktake:
        """Begin a count of one owner's goods in one warehouse (header Idempotency-Key)."""
        return open_stocktake(
            warehouse_id=data["warehouse"],
            owner_id=data["owner"],
            description=data["description"],
            actor=self.actor,
        )

    @command(permission="inventory.change_stocktake", request=wire.CountInput)
    def count(self, obj: Stocktake, data: dict[str, Any]) -> None:
        """Write down up to 1,000 places; the same place again replaces its figures."""
        lines = [
            CountLine(line["sku"], line["location"], line["counted"], line["batch"], Quality(line["quality"]))
            for line in data["lines"]
        ]
        count(stocktake_id=obj.pk, lines=lines, actor=self.actor)

    @command(permission="inventory.submit_stocktake")
    def submit(self, obj: Stocktake, data: dict[str, Any]) -> None:
        """Hand the count over for approval."""
        submit_stocktake(stocktake_id=obj.pk, actor=self.actor)

    @command(permission=APPROVE)
    def approve(self, obj: Stocktake, data: dict[str, Any]) -> None:
        """Agree; large differences need a second person before they are booked."""
        approve_stocktake(stocktake_id=obj.pk, actor=self.actor)

    @command(permission=APPROVE, request=wire.RejectInput)
    def reject(self, obj: Stocktake, data: dict[str, Any]) -> None:
        """Close the count without booking it."""
        reject_stocktake(stocktake_id=obj.pk, reason=data["reason"], actor=self.actor)


class WmsSnapshotViewSet(ReadViewSet):
    """Pictures of the stock that warehouse systems sent (C-43)."""

    queryset = WmsSnapshot.objects.order_by("-id")
    serializer_class = wire.WmsSnapshotSerializer
    filterset_class = SnapshotFilter
    ordering_fields = ("id", "seq", "taken_at")


class SnapshotDifferenceViewSet(ReadViewSet):
    """Differences between warehouse systems and us, those for review among them."""

    queryset = SnapshotDifference.objects.order_by("-id")
    serializer_class = wire.SnapshotDifferenceSerializer
    filterset_class = DifferenceFilter
    ordering_fields = ("id",)

    @command(permission=DECIDE)
    def accept(self, obj: SnapshotDifference, data: dict[str, Any]) -> None:
        """Book a difference that waited for review."""
        decide_difference(difference_id=obj.pk, accept=True, actor=self.actor)

    @command(permission=DECIDE)
    def dismiss(self, obj: SnapshotDifference, data: dict[str, Any]) -> None:
        """Leave our figure as it is."""
        decide_difference(difference_id=obj.pk, accept=False, actor=self.actor)
