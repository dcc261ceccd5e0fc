"""Commands of the app: its table of contents."""

from partners.services.account import register_customer
from partners.services.bulk import PartnerRow, register_partners
from partners.services.levels import create_level, grade_partner, update_level
from partners.services.register import register_partner
from partners.services.status import disable_partner, enable_partner
from partners.services.update import update_partner

__all__ = [
    "PartnerRow",
    "create_level",
    "disable_partner",
    "enable_partner",
    "grade_partner",
    "register_customer",
    "register_partner",
    "register_partners",
    "update_level",
    "update_partner",
]
