"""States of a member (kind 4 of the platform's status table)."""

from django.utils.translation import gettext_lazy as _

from vmi.core.choices import StatusEnum
from vmi.core.states import Machine


class PartnerStatus(StatusEnum):
    """Whether a member may sign in, buy and spend credits."""

    ENABLED = 400, _("Enabled")
    DISABLED = 401, _("Disabled")


PARTNER_MACHINE = Machine(
    enum=PartnerStatus,
    kind="partner",
    transitions={
        PartnerStatus.ENABLED: {PartnerStatus.DISABLED},
        PartnerStatus.DISABLED: {PartnerStatus.ENABLED},
    },
    groups={"active": {PartnerStatus.ENABLED}},
    colours={PartnerStatus.ENABLED: "success", PartnerStatus.DISABLED: "danger"},
)
