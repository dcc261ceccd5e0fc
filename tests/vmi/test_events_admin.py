"""The log in the back office: readable, filtered, never edited; parked deliveries can be tried again."""

from typing import Any

import pytest

from vmi.core.actors import system_actor
from vmi.core.audit import audit
from vmi.events.catalogue import ObjectChanged, StockLow
from vmi.events.choices import DeliveryState
from vmi.events.models import Delivery, Event
from vmi.events.services import record

EVENTS = "/admin/events/event/"
DELIVERIES = "/admin/events/delivery/"


@pytest.fixture
def parked() -> Delivery:
    event = record(StockLow("SKU-<b>", "W1", 1, 5), subject="stock:SKU-1", actor=system_actor())
    found: Delivery = Delivery.objects.create(
        event=event, handler="gone.handler", state=DeliveryState.PARKED, attempts=5, last_error="ValueError: boom"
    )
    return found


def test_the_history_is_listed_filtered_and_found(client_for: Any, staff: Any, parked: Delivery) -> None:
    record(ObjectChanged("x.y", 1, {"name": [None, "a"]}), subject="x.y:1", actor=system_actor())
    client = client_for(staff(superuser=True))

    assert all(text in client.get(EVENTS).content.decode() for text in ("stock:SKU-1", "x.y:1"))
    found = client.get(f"{EVENTS}?type=stock.low").content.decode()
    assert "stock:SKU-1" in found
    assert "x.y:1" not in found
    searched = client.get(f"{EVENTS}?q=x.y:").content.decode()
    assert "stock:SKU-1" not in searched


def test_one_event_shows_its_payload_escaped_and_who_reacted(client_for: Any, staff: Any, parked: Delivery) -> None:
    page = client_for(staff(superuser=True)).get(f"{EVENTS}{parked.event_id}/change/").content.decode()

    assert "SKU-&lt;b&gt;" in page
    assert "gone.handler" in page
    assert 'name="_save"' not in page


def test_nothing_is_added_changed_or_deleted(client_for: Any, staff: Any, parked: Delivery) -> None:
    client = client_for(staff(superuser=True))

    for path in (EVENTS, DELIVERIES):
        assert client.get(f"{path}add/").status_code == 403
        pk = parked.event_id if path == EVENTS else parked.pk
        assert client.post(f"{path}{pk}/change/", {"subject": "x"}).status_code == 403
        assert client.post(f"{path}{pk}/delete/", {"post": "yes"}).status_code == 403
    assert Event.objects.get(pk=parked.event_id).subject == "stock:SKU-1"


def test_a_parked_delivery_is_tried_again_by_its_action(client_for: Any, staff: Any, parked: Delivery) -> None:
    client = client_for(staff(superuser=True))
    assert "gone.handler" in client.get(DELIVERIES).content.decode()

    answer = client.post(DELIVERIES, {"action": "retry", "_selected_action": [str(parked.pk)]}, follow=True)

    assert answer.status_code == 200
    parked.refresh_from_db()
    assert (parked.state, parked.attempts) == (DeliveryState.PENDING, 0)
    changed = Event.objects.get(type="object.changed")
    assert changed.subject == f"events.delivery:{parked.pk}"


def test_a_clerk_may_not(client_for: Any, staff: Any, parked: Delivery) -> None:
    client = client_for(staff("clerk"))

    assert client.get(EVENTS).status_code == 403
    assert client.post(DELIVERIES, {"action": "retry", "_selected_action": [str(parked.pk)]}).status_code == 403
    parked.refresh_from_db()
    assert parked.state == DeliveryState.PARKED


def test_changes_reported_by_the_kernel_arrive_in_the_log(staff: Any) -> None:
    user = staff("clerk")
    audit(user, {"phone": "1"}, {"phone": "2"}, actor=system_actor())

    assert Event.objects.get().payload["changes"] == {"phone": ["1", "2"]}
