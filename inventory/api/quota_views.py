"""Pools, buckets and rules of receipts over HTTP, with the commands on quotas."""

from typing import Any, ClassVar

from django.db.models import F, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from inventory.api import quota_bodies as bodies
from inventory.api.quota_filters import AssignmentRuleFilter, BucketFilter, PoolRowFilter
from inventory.api.quota_serializers import (
    AssignmentRuleSerializer,
    BucketSerializer,
    PoolRowSerializer,
    ShareSerializer,
)
from inventory.choices import DisplayRule
from inventory.models import AllocationPool, AssignmentRule, ChannelShare, ChannelStock
from inventory.selectors.transfer_sources import transfer_sources
from inventory.services.display_rules import set_display
from inventory.services.oversell import OversellRule, set_oversell
from inventory.services.pools import set_priority
from inventory.services.quota import grant_quota, move_quota, return_quota
from inventory.services.quota_lines import Line
from inventory.services.shares import drop_share, set_share
from inventory.services.simulate import Simulation, simulate
from inventory.services.windows import set_window
from vmi.api.viewsets import CrudViewSet, DestroyMixin, ReadViewSet, command
from vmi.core.audit import audit, snapshot
from vmi.core.exceptions import InvalidRequest
from vmi.core.sources import Source
from vmi.numbering.services import next_number

MOVE = "inventory.move_quota"
RULES = "inventory.set_channel_rules"


class PoolRowViewSet(ReadViewSet):
    """Allocation pools with what is open of each."""

    queryset = AllocationPool.objects.select_related("logical__sku")
    serializer_class = PoolRowSerializer
    filterset_class = PoolRowFilter
    ordering_fields = ("id", "quota_qty", "priority")

    def get_queryset(self) -> QuerySet[Any]:
        """The pools with the units of each that nobody was promised."""
        promised = F("buckets__held_qty") + F("buckets__sold_qty") + F("buckets__frozen_qty")
        return super().get_queryset().annotate(open_qty=F("quota_qty") - Coalesce(Sum(promised), 0))

    @command(permission=RULES, request=bodies.PrioritySerializer)
    def priority(self, obj: AllocationPool, data: dict[str, Any]) -> None:
        """Say how important the pool is: when goods are lost, the smallest number gives its units first."""
        set_priority(pool_id=obj.pk, priority=data["priority"], actor=self.actor)


class BucketViewSet(ReadViewSet):
    """Sellable buckets, and granting, returning and moving their quotas."""

    queryset = ChannelStock.objects.select_related("pool__logical__sku").prefetch_related("shares")
    serializer_class = BucketSerializer
    filterset_class = BucketFilter
    ordering_fields = ("id", "base_quota_qty", "held_qty", "sold_qty", "effective_to")
    permission_map: ClassVar[dict[str, str]] = {"sources": "inventory.view_channelstock"}

    @command(
        detail=False,
        permission=MOVE,
        request=bodies.GrantSerializer,
        response=bodies.EffectsSerializer,
        idempotent=True,
    )
    def grant(self, data: dict[str, Any]) -> dict[str, Any]:
        """Give units to buckets, from other ones or from what no pool holds (header Idempotency-Key)."""
        lines = bodies.grant_lines(data["lines"])
        return {"items": grant_quota(lines=lines, **self._document(data))}

    @command(
        detail=False,
        permission=MOVE,
        request=bodies.ReturnSerializer,
        response=bodies.EffectsSerializer,
        idempotent=True,
        path="return",
    )
    def give_back(self, data: dict[str, Any]) -> dict[str, Any]:
        """Give unsold units back to the default shared bucket, or to no pool (header Idempotency-Key)."""
        lines = bodies.return_lines(data["lines"])
        return {"items": return_quota(lines=lines, **self._document(data))}

    @command(
        detail=False,
        permission=MOVE,
        request=bodies.MoveSerializer,
        response=bodies.EffectsSerializer,
        idempotent=True,
    )
    def move(self, data: dict[str, Any]) -> dict[str, Any]:
        """Move unsold units between channels or pools (header Idempotency-Key)."""
        lines = bodies.move_lines(data["lines"])
        return {"items": move_quota(lines=lines, **self._document(data))}

    @command(detail=False, permission=MOVE, request=bodies.SimulateSerializer, response=bodies.SimulationSerializer)
    def simulate(self, data: dict[str, Any]) -> Simulation:
        """What such a document would do to each bucket, and what each channel would show; nothing is written."""
        kinds: list[list[Any]] = [
            bodies.grant_lines(data["grants"]),
            bodies.move_lines(data["moves"]),
            bodies.return_lines(data["returns"]),
        ]
        given: list[list[Line]] = [lines for lines in kinds if lines]
        if len(given) != 1:
            raise InvalidRequest(_("Give lines of exactly one kind."), code="one_kind", param="lines")
        return simulate(lines=given[0], actor=self.actor)

    @extend_schema(responses=bodies.TransferSourceSerializer(many=True))
    @action(detail=True, methods=["get"])
    def sources(self, request: Request, pk: str) -> Response:
        """Where goods could be transferred from: the channel's own quota elsewhere, then shared ones (S001-31)."""
        found = transfer_sources(self.get_object().pk)
        return Response(bodies.TransferSourceSerializer(found, many=True).data)

    @command(permission=RULES, request=bodies.SetShareSerializer, response=ShareSerializer)
    def share(self, obj: ChannelStock, data: dict[str, Any]) -> ChannelShare:
        """Let a channel sell from the shared bucket, with a cap or without."""
        return set_share(
            bucket_id=obj.pk,
            channel_id=data["channel"],
            cap_units=data["cap_units"],
            cap_percent=data["cap_percent"],
            source=_source(),
            actor=self.actor,
            dry_run=data["dry_run"],
        )

    @command(permission=RULES, request=bodies.DropShareSerializer)
    def drop_share(self, obj: ChannelStock, data: dict[str, Any]) -> None:
        """End a channel's part in the shared bucket, or its cap in the default one."""
        drop_share(
            bucket_id=obj.pk,
            channel_id=data["channel"],
            source=_source(),
            actor=self.actor,
            dry_run=data["dry_run"],
        )

    @command(permission=RULES, request=bodies.OversellSerializer)
    def oversell(self, obj: ChannelStock, data: dict[str, Any]) -> None:
        """Set by how much the bucket may promise more than it has (S001-30)."""
        rule = OversellRule(data["enabled"], data["units"], data["percent"], data["minutes"])
        set_oversell(bucket_id=obj.pk, rule=rule, source=_source(), actor=self.actor, dry_run=data["dry_run"])

    @command(permission=RULES, request=bodies.DisplaySerializer)
    def display(self, obj: ChannelStock, data: dict[str, Any]) -> None:
        """Set what customers see of the bucket's figures (C-37)."""
        rule = None if data["rule"] is None else DisplayRule(int(data["rule"]))
        set_display(bucket_id=obj.pk, rule=rule, units=data["units"], actor=self.actor)

    @command(permission=RULES, request=bodies.WindowSerializer)
    def window(self, obj: ChannelStock, data: dict[str, Any]) -> None:
        """Set from when to when the channel's own quota is sold (S001-29)."""
        set_window(
            bucket_id=obj.pk,
            effective_from=data["effective_from"],
            effective_to=data["effective_to"],
            may_borrow=data["may_borrow"],
            actor=self.actor,
        )

    def _document(self, data: dict[str, Any]) -> dict[str, Any]:
        """What every document on quotas is carried out with."""
        return {"source": _source(), "actor": self.actor, "reason": data["reason"], "dry_run": data["dry_run"]}


class AssignmentRuleViewSet(DestroyMixin, CrudViewSet):
    """Which quotas newly received goods go to; what no rule names goes to the default shared bucket."""

    queryset = AssignmentRule.objects.all()
    serializer_class = AssignmentRuleSerializer
    filterset_class = AssignmentRuleFilter
    ordering_fields = ("id", "percent")

    def destroy_object(self, instance: AssignmentRule) -> None:
        """Delete the rule and keep in the event log what it said."""
        audit(instance, snapshot(instance), {"percent": None}, actor=self.actor)
        instance.delete()


def _source() -> Source:
    return Source("quota", next_number("quota"))
