"""What a credit entry is for, what makes a policy act, and the states of a policy (kind 7)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from vmi.core.choices import StatusEnum
from vmi.core.states import Machine


class CreditType(models.IntegerChoices):
    """Why an entry was written (C-33)."""

    REGISTER = 1, _("Registration")
    ORDER = 2, _("Order")
    REFUND_REVERSAL = 3, _("Return reversal")
    REDEEM = 4, _("Redemption")
    ADJUST = 5, _("Adjustment")
    EXPIRE = 6, _("Expiry")
    ACTIVITY = 7, _("Activity")


EARNING_TYPES = frozenset(
    {CreditType.REGISTER, CreditType.ORDER, CreditType.REFUND_REVERSAL, CreditType.ADJUST, CreditType.ACTIVITY}
)
"""Types that count into the report's total (累计积分) and so into the member's level; spending and expiry do not."""


class CreditTrigger(models.TextChoices):
    """The happening a policy waits for."""

    REGISTER = "register", _("Registration")
    ORDER = "order", _("Completed order")
    ACTIVITY = "activity", _("Activity")


TRIGGER_TYPE = {
    CreditTrigger.REGISTER: CreditType.REGISTER,
    CreditTrigger.ORDER: CreditType.ORDER,
    CreditTrigger.ACTIVITY: CreditType.ACTIVITY,
}
"""The entry type each trigger writes."""


class PolicyStatus(StatusEnum):
    """Whether a policy grants credits."""

    ENABLED = 700, _("Enabled")
    DISABLED = 701, _("Disabled")


POLICY_MACHINE = Machine(
    enum=PolicyStatus,
    kind="policy",
    transitions={
        PolicyStatus.ENABLED: {PolicyStatus.DISABLED},
        PolicyStatus.DISABLED: {PolicyStatus.ENABLED},
    },
    groups={"active": {PolicyStatus.ENABLED}},
    colours={PolicyStatus.ENABLED: "success", PolicyStatus.DISABLED: "danger"},
)
