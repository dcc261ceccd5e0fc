"""Commands of the app: its table of contents."""

from credits.services.accounts import open_report
from credits.services.accrue import accrue
from credits.services.adjust import adjust
from credits.services.policies import create_policy, disable_policy, enable_policy, update_policy
from credits.services.redeem import redeem
from credits.services.reverse import reverse_for_return

__all__ = [
    "accrue",
    "adjust",
    "create_policy",
    "disable_policy",
    "enable_policy",
    "open_report",
    "redeem",
    "reverse_for_return",
    "update_policy",
]
