"""Endpoints of credits; members read their own and change nothing."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from rest_framework import mixins

from credits.api.filters import CreditFilter, CreditReportFilter, CreditRewardFilter, RewardPolicyFilter
from credits.api.serializers import (
    AdjustBody,
    CreditReportSerializer,
    CreditRewardSerializer,
    CreditSerializer,
    RedeemBody,
    RewardPolicySerializer,
    redemption,
)
from credits.models import Credit, CreditReport, CreditReward, RewardPolicy
from credits.services import adjust, create_policy, disable_policy, enable_policy, redeem, update_policy
from vmi.api.viewsets import CrudViewSet, IdempotentMixin, ReadViewSet, command

READS = frozenset({"list", "retrieve"})


class OwnRows:
    """Members see the rows whose owner they are."""

    customer_actions: ClassVar[set[str] | frozenset[str]] = READS

    def customer_queryset(self, qs: QuerySet[Any], partner_id: int) -> QuerySet[Any]:
        """The caller's own rows."""
        return qs.filter(owner_id=partner_id)


class CreditViewSet(OwnRows, ReadViewSet):
    """The ledger of credits (S000-8)."""

    queryset = Credit.objects.all()
    serializer_class = CreditSerializer
    filterset_class = CreditFilter
    ordering_fields = ("id", "create_time", "credit")


class CreditReportViewSet(OwnRows, ReadViewSet):
    """Accounts of members (S000-9)."""

    queryset = CreditReport.objects.all()
    serializer_class = CreditReportSerializer
    filterset_class = CreditReportFilter
    ordering_fields = ("id", "available", "credit")

    @command(permission="credits.adjust_credit", request=AdjustBody, idempotent=True)
    def adjust(self, report: CreditReport, data: dict[str, Any]) -> None:
        """Give or take credits by hand, with a reason."""
        adjust(partner_id=report.owner_id, **data, actor=self.actor)

    @command(
        permission="credits.add_creditreward", request=RedeemBody, response=CreditRewardSerializer, idempotent=True
    )
    def redeem(self, report: CreditReport, data: dict[str, Any]) -> CreditReward:
        """Spend credits of this account."""
        return redeem(partner_id=report.owner_id, **data, actor=self.actor)


class CreditRewardViewSet(IdempotentMixin, OwnRows, mixins.CreateModelMixin, ReadViewSet):
    """Redemptions (S000-10)."""

    queryset = CreditReward.objects.all()
    serializer_class = CreditRewardSerializer
    filterset_class = CreditRewardFilter
    ordering_fields = ("id", "create_time")

    def perform_create(self, serializer: Any) -> None:
        """Spend credits of the owner."""
        serializer.instance = redeem(**redemption(serializer.validated_data), actor=self.actor)


class RewardPolicyViewSet(CrudViewSet):
    """Policies that grant credits (S000-11); staff only."""

    queryset = RewardPolicy.objects.all()
    serializer_class = RewardPolicySerializer
    filterset_class = RewardPolicyFilter
    ordering_fields = ("id", "name")

    def create_object(self, data: dict[str, Any]) -> RewardPolicy:
        """Add a policy."""
        return create_policy(**data, actor=self.actor)

    def update_object(self, instance: Any, data: dict[str, Any]) -> RewardPolicy:
        """Change a policy."""
        return update_policy(policy_id=instance.pk, changes=data, actor=self.actor)

    @command(permission="credits.change_rewardpolicy")
    def enable(self, policy: RewardPolicy, data: dict[str, Any]) -> None:
        """Let a policy grant again."""
        enable_policy(policy_id=policy.pk, actor=self.actor)

    @command(permission="credits.change_rewardpolicy")
    def disable(self, policy: RewardPolicy, data: dict[str, Any]) -> None:
        """Stop a policy from granting."""
        disable_policy(policy_id=policy.pk, actor=self.actor)
