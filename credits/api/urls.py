"""Routes of the app, assembled by ``vmi.urls``."""

from credits.api.views import CreditReportViewSet, CreditRewardViewSet, CreditViewSet, RewardPolicyViewSet

vmi_router_entries = [
    ("credit", CreditViewSet, "credit"),
    ("credit/creditReport", CreditReportViewSet, "creditReport"),
    ("credit/creditReward", CreditRewardViewSet, "creditReward"),
    ("credit/rewardPolicy", RewardPolicyViewSet, "rewardPolicy"),
]
