"""Whose quota a stock-out of our own takes its goods from (S001-26, S001-31)."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from inventory.choices import Purpose
from inventory.selectors import channel_names
from inventory.services import Target
from stores.choices import SYSTEM_STOCKOUT_TYPES
from stores.exceptions import InvalidReference, InvalidValue
from stores.models import StockOut
from stores.selectors import channels_visible_to

if TYPE_CHECKING:
    from vmi.accounts.models import User


def check_quota(document: StockOut) -> None:
    """Complete the purpose of a channel's quota. Raises InvalidValue, InvalidReference."""
    if document.quota_channel_id is None and document.quota_purpose is None:
        return
    if document.type in SYSTEM_STOCKOUT_TYPES:
        raise InvalidValue(_("A sale takes what its order holds."), param="quotaPurpose")
    if document.quota_purpose is None:
        document.quota_purpose = Purpose.NORMAL
    if document.quota_purpose not in Purpose.values or document.quota_purpose == Purpose.INTERNAL:
        raise InvalidValue(_("Goods are taken from a quota that is sold."), param="quotaPurpose")
    if document.quota_channel_id is not None and not channel_names([document.quota_channel_id]):
        raise InvalidReference(_("The channel does not exist."), param="quotaChannel")


def require_channel(user: "User", channel_id: int | None) -> None:
    """Refuse a channel of a store the person does not work in, as if it did not exist (C-54)."""
    visible = channels_visible_to(user)
    if visible is not None and channel_id is not None and channel_id not in visible:
        raise InvalidReference(_("The channel does not exist."), param="quotaChannel")


def quota_of(document: StockOut) -> Target | None:
    """The quota the document names; None: units of no pool first, then the shared quota of normal sale."""
    if document.quota_purpose is None:
        return None
    return Target(Purpose(document.quota_purpose), document.quota_channel_id)
