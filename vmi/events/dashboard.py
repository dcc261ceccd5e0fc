"""Deliveries of the event log on the first page."""

from django.http import HttpRequest
from django.utils.translation import gettext as _

from vmi.core.admin.dashboard import Card, Tone, list_url, register_cards
from vmi.events.choices import DeliveryState
from vmi.events.selectors import delivery_counts


def register() -> None:
    """Put the cards on the first page."""
    register_cards("system", delivery_cards)


def delivery_cards(request: HttpRequest) -> list[Card]:
    """How many reactions to events have failed for good, and how many are on their way."""
    if not request.user.has_perm("events.view_delivery"):
        return []
    counts = delivery_counts()
    url = list_url("events_delivery", state__exact=DeliveryState.PARKED)
    note = _("%(count)d on their way") % {"count": counts.pending}
    tone: Tone = "bad" if counts.parked else "good"
    return [Card(_("failed deliveries"), counts.parked, url, note, "outgoing_mail", tone)]
