"""Why a confirmation cannot be acted on."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from vmi.core.exceptions import Conflict

REASONS: Final[dict[str, str | Promise]] = {
    "unknown_notice": _("The ship notice is unknown in this warehouse."),
    "unknown_line": _("The ship notice has no such line."),
    "unknown_sku": _("The line is for another SKU."),
    "unknown_location": _("There is no such location in this warehouse."),
    "over_quantity": _("More units were confirmed than are open."),
    "notice_cancelled": _("The ship notice was cancelled."),
    "cancel_not_requested": _("Nobody asked to hold this ship notice back."),
    "nothing_open": _("Everything of this ship notice has left already."),
}
"""Every reason a message can be quarantined for, with the sentence people read."""


class Unappliable(Conflict):
    """A confirmation that contradicts the notice: quarantined when a system says it, refused when a person does."""

    code = "unappliable"

    def __init__(self, reason: str, **figures: str | int) -> None:
        super().__init__(REASONS[reason], code=reason, details=figures)
