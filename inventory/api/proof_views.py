"""Endpoints of the proof of stock: its runs, the corrections they propose, and the decision on each."""

from typing import Any, ClassVar

from inventory.api.proof_serializers import (
    ApproveSerializer,
    CorrectionSerializer,
    ReconcileRunSerializer,
    RejectSerializer,
)
from inventory.choices import CorrectionKind
from inventory.models import Correction, ReconcileRun
from inventory.services.correct import approve_correction, reject_correction
from inventory.services.reconcile import prove_again, reconcile
from vmi.api.filters import CamelFilterSet
from vmi.api.viewsets import ReadViewSet, command

DECIDE = "inventory.decide_correction"


class CorrectionFilter(CamelFilterSet):
    """Corrections by state, invariant, proof and stock row."""

    class Meta:
        """Exact filters."""

        model = Correction
        fields = ("state", "invariant", "run", "layer", "row_id", "counter")


class ReconcileRunViewSet(ReadViewSet):
    """Proofs of every number, newest first."""

    queryset = ReconcileRun.objects.all()
    serializer_class = ReconcileRunSerializer
    ordering_fields = ("id", "started_at", "differences")
    ordering = "-id"
    permission_map: ClassVar[dict[str, str]] = {}

    @command(detail=False, permission="inventory.reconcile_stock", response=ReconcileRunSerializer, status=201)
    def prove(self, data: dict[str, Any]) -> ReconcileRun | None:
        """Prove every number now and propose corrections; whoever asks may not decide on what is proposed."""
        reconcile(raise_event=True, actor=self.actor)
        return ReconcileRun.objects.first()


class CorrectionViewSet(ReadViewSet):
    """Corrections of differences; nothing is corrected without somebody's approval."""

    queryset = Correction.objects.all()
    serializer_class = CorrectionSerializer
    filterset_class = CorrectionFilter
    ordering_fields = ("id", "proposed_at", "decided_at")
    ordering = "-id"

    @command(permission=DECIDE, request=ApproveSerializer)
    def approve(self, obj: Correction, data: dict[str, Any]) -> None:
        """Book the correction as proposed, or the other ``kind`` that fits; the proof then runs again."""
        kind = CorrectionKind(data["kind"]) if data["kind"] else None
        approve_correction(correction_id=obj.pk, kind=kind, note=data["note"], actor=self.actor)
        prove_again()

    @command(permission=DECIDE, request=RejectSerializer)
    def reject(self, obj: Correction, data: dict[str, Any]) -> None:
        """Turn the proposal down; it comes back while the difference lasts."""
        reject_correction(correction_id=obj.pk, note=data["note"], actor=self.actor)
