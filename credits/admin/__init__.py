"""Back-office pages of credits, and the history of the balance on the member's page."""

from credits.admin.ledger import CreditAdmin, CreditInline, CreditReportAdmin, CreditRewardAdmin
from credits.admin.policy import RewardPolicyAdmin
from partners.ports import register_partner_inline

__all__ = ["CreditAdmin", "CreditInline", "CreditReportAdmin", "CreditRewardAdmin", "RewardPolicyAdmin"]

register_partner_inline(CreditInline)
