"""Tables of the app; private to it, others go through services and selectors."""

from credits.models.entry import Credit
from credits.models.policy import RewardPolicy
from credits.models.report import CreditReport
from credits.models.reward import CreditReward

__all__ = ["Credit", "CreditReport", "CreditReward", "RewardPolicy"]
