"""Goods on their way and the promise queue over HTTP (S001-32 to S001-36)."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.selectors import skus_by_code
from inventory.api import supply_serializers as wire
from inventory.api.supply_filters import PromiseFilter, SupplyLineFilter, SupplyStepFilter
from inventory.exceptions import UnknownSku
from inventory.models import Reservation, SupplyLine, SupplyStep
from inventory.selectors.promise_queue import waiting_promises
from inventory.services import (
    ArrivalLine,
    ExpectLine,
    close_presale,
    close_supply,
    expect_supply,
    open_presale,
    receive_supply,
    reschedule_supply,
)
from vmi.api.viewsets import IdempotentMixin, ReadViewSet, command
from vmi.core.exceptions import DomainError
from vmi.core.sources import Source
from vmi.numbering.services import next_number

PURCHASE = "purchase"
"""The source type of a supplier's order."""


class SupplyLineViewSet(IdempotentMixin, ReadViewSet):
    """Supply lines: purchases are announced here, transfers by the stock-out that sends them."""

    queryset = SupplyLine.objects.select_related("logical__sku")
    serializer_class = wire.SupplyLineSerializer
    filterset_class = SupplyLineFilter
    ordering_fields = ("id", "due_on", "expected_qty", "presale_qty")

    @extend_schema(request=wire.ExpectSerializer, responses={201: wire.ExpectedSerializer})
    def create(self, request: Request) -> Response:
        """Announce a purchase; the same source number and lines again are the same purchase (Idempotency-Key)."""
        body = wire.ExpectSerializer(data=request.data, context=self.get_serializer_context())
        body.is_valid(raise_exception=True)
        data = body.validated_data
        source = Source(PURCHASE, data["source_sn"] or next_number("supply"))
        expect_supply(
            warehouse_id=data["warehouse"],
            owner_id=data["owner"],
            lines=_expected(data["lines"]),
            source=source,
            actor=self.actor,
        )
        lines = self.get_queryset().filter(source_type=source.type, source_sn=source.sn).order_by("line_no")
        answer = {"source_sn": source.sn, "items": list(lines)}
        return Response(wire.ExpectedSerializer(answer, context=self.get_serializer_context()).data, status=201)

    @command(
        permission="inventory.receive_supplyline",
        request=wire.ArrivalSerializer,
        response=wire.SupplyEffectSerializer,
        idempotent=True,
    )
    def receive(self, obj: SupplyLine, data: dict[str, Any]) -> dict[str, Any]:
        """Book units as arrived; what was presold of them is served first (header Idempotency-Key)."""
        line = ArrivalLine(1, obj.pk, data["location"], data["batch"], data["quantity"], data["unit_cost"])
        try:
            receive_supply(lines=[line], source=self._document(), actor=self.actor, dry_run=data["dry_run"])
        except DomainError as refusal:
            refusal.param = refusal.param and refusal.param.removeprefix("lines[0].")  # the caller named no list
            raise
        return wire.effect(data["quantity"], self.get_object())

    @command(
        permission="inventory.reschedule_supplyline",
        request=wire.RescheduleSerializer,
        response=wire.SupplyEffectSerializer,
    )
    def reschedule(self, obj: SupplyLine, data: dict[str, Any]) -> dict[str, Any]:
        """Expect the goods on another day; whoever waits for them is told."""
        moved = reschedule_supply(line_id=obj.pk, due_on=data["due_on"], actor=self.actor, dry_run=data["dry_run"])
        return wire.effect(moved, self.get_object())

    @command(
        permission="inventory.close_supplyline",
        request=wire.CloseSerializer,
        response=wire.SupplyEffectSerializer,
        idempotent=True,
    )
    def close(self, obj: SupplyLine, data: dict[str, Any]) -> dict[str, Any]:
        """The rest will not come: promises move to other lines or are given up (header Idempotency-Key)."""
        lost = close_supply(
            line_id=obj.pk,
            reason=data["reason"],
            source=self._document(),
            actor=self.actor,
            dry_run=data["dry_run"],
        )
        return wire.effect(lost, self.get_object())

    @command(
        permission="inventory.presell_supplyline",
        request=wire.OpenPresaleSerializer,
        response=wire.SupplyEffectSerializer,
        idempotent=True,
    )
    def open_presale(self, obj: SupplyLine, data: dict[str, Any]) -> dict[str, Any]:
        """Let units be sold before they come (header Idempotency-Key)."""
        open_presale(
            line_id=obj.pk,
            quantity=data["quantity"],
            bucket_id=data["bucket"],
            source=self._document(),
            actor=self.actor,
            dry_run=data["dry_run"],
        )
        return wire.effect(data["quantity"], self.get_object())

    @command(
        permission="inventory.presell_supplyline",
        request=wire.ClosePresaleSerializer,
        response=wire.SupplyEffectSerializer,
        idempotent=True,
    )
    def close_presale(self, obj: SupplyLine, data: dict[str, Any]) -> dict[str, Any]:
        """Let unpromised units wait until they are there (header Idempotency-Key)."""
        close_presale(
            line_id=obj.pk,
            quantity=data["quantity"],
            source=self._document(),
            actor=self.actor,
            dry_run=data["dry_run"],
        )
        return wire.effect(data["quantity"], self.get_object())

    def _document(self) -> Source:
        """The document of one action on a supply line."""
        return Source("supply", next_number("supply"))


class SupplyStepViewSet(ReadViewSet):
    """What became of supply lines: the receipts of a purchase are those of its number in ``lineSourceSn``."""

    queryset = SupplyStep.objects.all()
    serializer_class = wire.SupplyStepSerializer
    filterset_class = SupplyStepFilter
    ordering_fields = ("id", "at")


def _expected(rows: list[dict[str, Any]]) -> list[ExpectLine]:
    """The announced lines with their SKUs; raises UnknownSku naming the line."""
    known = skus_by_code({row["sku"] for row in rows})
    for index, row in enumerate(rows):
        if row["sku"] not in known:
            raise UnknownSku(param=f"lines[{index}].sku")
    return [
        ExpectLine(number, known[row["sku"]].id, row["quantity"], row["due_on"], row["unit_cost"])
        for number, row in enumerate(rows, start=1)
    ]


class PromiseViewSet(ReadViewSet):
    """The promise queue: units sold beyond the goods or before they came, and what will serve them."""

    queryset = Reservation.objects.none()
    serializer_class = wire.PromiseSerializer
    filterset_class = PromiseFilter
    ordering_fields = ("id", "promised_on", "quantity")

    def get_queryset(self) -> Any:
        """What waits now."""
        return waiting_promises()
