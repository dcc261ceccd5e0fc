"""What waits between us and the warehouses, on the first page."""

from django.http import HttpRequest
from django.utils.translation import gettext as _

from vmi.core.admin.dashboard import Card, Tone, list_url, register_cards
from warehousing.choices import MessageState, ShipNoticeStatus
from warehousing.selectors import warehouse_counts


def register() -> None:
    """Put the cards on the first page."""
    register_cards("system", warehouse_cards)


def warehouse_cards(request: HttpRequest) -> list[Card]:
    """Notices to be sent and confirmed; messages nobody could apply."""
    if not request.user.has_perm("warehousing.view_shipnotice"):
        return []
    counts = warehouse_counts()
    failing = _("%(count)d failed before") % {"count": counts.failing} if counts.failing else ""
    to_send = list_url("warehousing_shipnotice", status=int(ShipNoticeStatus.TO_SEND))
    sent = list_url("warehousing_shipnotice", status=int(ShipNoticeStatus.SENT))
    cards = [
        Card(_("notices to send"), counts.to_send, to_send, failing, "send", "bad" if counts.failing else ""),
        Card(
            _("notices at the warehouse"),
            counts.sent,
            sent,
            _("%(count)d called off, no answer yet") % {"count": counts.called_off} if counts.called_off else "",
            "local_shipping",
            "warn" if counts.called_off else "",
        ),
    ]
    if request.user.has_perm("warehousing.view_wmsmessage"):
        url = list_url("warehousing_wmsmessage", state__exact=MessageState.QUARANTINED)
        tone: Tone = "bad" if counts.quarantined else "good"
        cards.append(Card(_("quarantined WMS messages"), counts.quarantined, url, "", "report", tone))
    return cards
