"""Filters of the credit lists."""

from credits.models import Credit, CreditReport, CreditReward, RewardPolicy
from vmi.api.filters import CamelFilterSet, TextFilter


class CreditFilter(CamelFilterSet):
    """By member, type, policy, number, source document, time."""

    class Meta:
        model = Credit
        fields = {
            "owner": ["exact"],
            "type": ["exact"],
            "policy": ["exact"],
            "sn": ["exact"],
            "source_sn": ["exact"],
            "create_time": ["gte", "lt"],
        }


class CreditReportFilter(CamelFilterSet):
    """By member and number."""

    class Meta:
        model = CreditReport
        fields = ("owner", "sn")


class CreditRewardFilter(CamelFilterSet):
    """By member, number, time."""

    class Meta:
        model = CreditReward
        fields = {"owner": ["exact"], "sn": ["exact"], "create_time": ["gte", "lt"]}


class RewardPolicyFilter(CamelFilterSet):
    """By part of the name, state."""

    name = TextFilter(lookup_expr="icontains")

    class Meta:
        model = RewardPolicy
        fields = ("status",)
