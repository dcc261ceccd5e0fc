"""Bodies and answers of the credit resources."""

from typing import Any

from rest_framework import serializers

from credits.models import Credit, CreditReport, CreditReward, RewardPolicy
from credits.policies import POINTS_MAX, parse_rule, summary
from vmi.api.serializers import CamelSerializer, CharField, IntegerField, QuantityField, TrackedSerializer


class CreditSerializer(TrackedSerializer):
    """An entry of the ledger."""

    type_name = CharField(source="get_type_display", read_only=True)
    source = serializers.SerializerMethodField()  # type: ignore[assignment]  # the documents call it so

    class Meta:
        model = Credit
        fields = (
            "id", "sn", "owner", "memo", "credit", "type", "type_name", "level", "balance_after", "seq", "policy",
            "amount", "source", "reverses",
        )  # fmt: skip
        read_only_fields = fields

    def get_source(self, entry: Credit) -> str:
        """The document the entry stands for: ``order:ORD-20261122-000001``."""
        return f"{entry.source_type}:{entry.source_sn}"


class CreditReportSerializer(TrackedSerializer):
    """A member's account; ``available`` may be spent, ``owed`` is paid by later earnings first."""

    class Meta:
        model = CreditReport
        fields = ("id", "sn", "owner", "credit", "available", "owed")
        read_only_fields = fields


class CreditRewardSerializer(TrackedSerializer):
    """A redemption; creating one spends the credits."""

    credit = QuantityField(max_value=POINTS_MAX)

    class Meta:
        model = CreditReward
        fields = ("id", "sn", "owner", "credit", "memo", "entry")
        read_only_fields = ("sn", "entry")


class RewardPolicySerializer(TrackedSerializer):
    """A policy; ``policy`` is its rule as an object, ``summary`` says it in words."""

    policy = serializers.JSONField()
    summary = serializers.SerializerMethodField()

    class Meta:
        model = RewardPolicy
        fields = ("id", "name", "description", "policy", "summary", "status")

    def get_summary(self, row: RewardPolicy) -> str:
        """The rule as one sentence in the caller's language."""
        return summary(parse_rule(row.policy))


class AdjustBody(CamelSerializer):
    """A correction: signed points and the reason."""

    credit = IntegerField(min_value=-POINTS_MAX, max_value=POINTS_MAX)
    memo = CharField(max_length=200)


class RedeemBody(CamelSerializer):
    """Points to spend and what for."""

    credit = QuantityField(max_value=POINTS_MAX)
    memo = CharField(max_length=200, required=False, allow_blank=True, default="")


def redemption(data: dict[str, Any]) -> dict[str, Any]:
    """Validated fields of a redemption as the command takes them."""
    return {"partner_id": data["owner"].pk, "credit": data["credit"], "memo": data.get("memo", "")}
