"""The back office: pages open, forms and actions call services, refusals are messages."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.db import connection as database
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.factories.warehousing import (
    SECRET,
    make_connection,
    make_location,
    make_notice,
    make_owner,
    make_rack,
    make_warehouse,
    make_zone,
)
from tests.support.clients import NamespaceClient
from tests.warehousing.webhooks import event
from vmi.core.actors import wms_actor
from warehousing import ports, services
from warehousing.choices import MessageState, ShipNoticeStatus
from warehousing.models import Location, Owner, Shelf, ShipNotice, Warehouse, WmsConnection, WmsMessage, Zone

MODELS = ("warehouse", "zone", "shelf", "location", "owner", "wmsconnection", "shipnotice", "wmsmessage")


@pytest.fixture
def browser(staff: Callable[..., Any], client_for: Callable[..., NamespaceClient]) -> NamespaceClient:
    """A manager at the back office."""
    return client_for(staff("manager"))


@pytest.fixture
def clerk(staff: Callable[..., Any], client_for: Callable[..., NamespaceClient]) -> NamespaceClient:
    """A clerk: may look."""
    return client_for(staff("clerk"))


def page(model: str, name: str, *args: object) -> str:
    return reverse(f"admin:warehousing_{model}_{name}", args=args, urlconf="vmi.urls")


def action(model: str, pk: int, name: str) -> str:
    return f"{page(model, 'changelist')}{pk}/{name}/"


def message_of(response: Any) -> str:
    return " ".join(str(message) for message in get_messages(response.wsgi_request))


def one_of_each() -> dict[str, int]:
    location = make_location()
    wms = make_connection()
    notice = make_notice(wms.warehouse)
    services.receive_wms_message(connection_id=wms.pk, raw_event=event("SN-?", (1, 1)), actor=wms_actor("x"))
    return {
        "warehouse": location.warehouse_id,
        "zone": location.zone_id,
        "shelf": location.shelf_id,
        "location": location.pk,
        "owner": make_owner().pk,
        "wmsconnection": wms.pk,
        "shipnotice": notice.pk,
        "wmsmessage": WmsMessage.objects.latest("pk").pk,
    }


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("who", ["browser", "clerk"])
def test_every_page_opens(request: pytest.FixtureRequest, who: str, model: str) -> None:
    client = request.getfixturevalue(who)
    ids = one_of_each()

    assert client.get(page(model, "changelist")).status_code == 200
    assert client.get(page(model, "changelist"), {"q": "SN"}).status_code == 200
    assert client.get(page(model, "change", ids[model])).status_code == 200


@pytest.mark.parametrize("model", MODELS)
def test_a_list_costs_the_same_whatever_its_length(browser: NamespaceClient, model: str) -> None:
    one_of_each()
    browser.get(page(model, "changelist"))
    with CaptureQueriesContext(database) as few:
        browser.get(page(model, "changelist"))
    for _number in range(3):
        one_of_each()

    with CaptureQueriesContext(database) as many:
        browser.get(page(model, "changelist"))

    assert len(many) == len(few)


def test_a_shelf_in_use_shows_its_units(browser: NamespaceClient, monkeypatch: pytest.MonkeyPatch) -> None:
    shelf = make_rack(capacity=4711)
    monkeypatch.setattr(ports, "_shelf_usage", [lambda ids: dict.fromkeys(ids, 815)])

    for url in (page("shelf", "changelist"), page("shelf", "change", shelf.pk)):
        text = browser.get(url).content.decode()
        assert "4,711" in text or 'value="4711"' in text
        assert "815" in text
        assert "使用中" in text or "Used" in text


@pytest.mark.parametrize("model", ["warehouse", "zone", "shelf", "owner", "wmsconnection"])
def test_the_forms_open_for_a_manager_only(browser: NamespaceClient, clerk: NamespaceClient, model: str) -> None:
    assert browser.get(page(model, "add")).status_code == 200
    assert clerk.get(page(model, "add")).status_code == 403


@pytest.mark.parametrize("model", ["location", "shipnotice", "wmsmessage"])
def test_what_is_never_added_by_hand(browser: NamespaceClient, model: str) -> None:
    assert browser.get(page(model, "add")).status_code == 403


def test_a_warehouse_is_added_with_code_and_number_of_the_system(browser: NamespaceClient) -> None:
    form = {"name": "北京仓", "code": "", "number": "", "zones-TOTAL_FORMS": "0", "zones-INITIAL_FORMS": "0"}

    assert browser.post(page("warehouse", "add"), form).status_code == 302

    made = Warehouse.objects.get()
    assert (made.name, made.number) == ("北京仓", 1)
    assert made.code.startswith("WH-")
    assert made.creater.username.startswith("manager")


def test_a_changed_warehouse_keeps_its_code(browser: NamespaceClient) -> None:
    warehouse = make_warehouse(code="WH-BJ")
    form = {"name": "新名", "code": "X", "zones-TOTAL_FORMS": "0", "zones-INITIAL_FORMS": "0"}

    assert browser.post(page("warehouse", "change", warehouse.pk), form).status_code == 302

    warehouse.refresh_from_db()
    assert (warehouse.code, warehouse.name) == ("WH-BJ", "新名")


def test_a_zone_is_added(browser: NamespaceClient) -> None:
    form = {
        "warehouse": make_warehouse().pk,
        "code": "ST",
        "name": "存储区",
        "kind": "storage",
        "sku_mixing": "mixed",
        "capacity_rule": "soft",
    }

    assert browser.post(page("zone", "add"), form).status_code == 302
    assert Zone.objects.get().code == "ST"


def test_a_rack_is_opened_from_its_zone(browser: NamespaceClient) -> None:
    zone = make_zone(make_warehouse(number=1))
    lead = browser.get(action("zone", zone.pk, "open-rack"))
    assert lead.headers["Location"] == f"{page('shelf', 'add')}?zone={zone.pk}"

    form = {"zone": zone.pk, "rack": "3", "levels": "2", "slots": "5", "capacity": "", "description": ""}
    assert browser.post(page("shelf", "add"), form).status_code == 302

    assert Shelf.objects.get().rack == "03"
    assert Location.objects.count() == 10
    assert Location.objects.filter(code="1-ST-03-02-05").exists()


def test_a_rack_that_is_there_is_refused_with_a_message(browser: NamespaceClient) -> None:
    zone = make_zone()
    make_rack(zone, rack="3")
    form = {"zone": zone.pk, "rack": "3", "levels": "1", "slots": "1", "capacity": "", "description": ""}

    response = browser.post(page("shelf", "add"), form)

    assert response.status_code in (200, 302)
    assert Shelf.objects.count() == 1


def test_a_location_is_added_to_a_shelf(browser: NamespaceClient) -> None:
    shelf = make_rack(levels=1, slots=1)
    url = action("shelf", shelf.pk, "add-location")

    assert browser.get(url).status_code == 200
    assert browser.post(url, {"level": "2", "slot": "1"}).status_code == 302
    refused = browser.post(url, {"level": "2", "slot": "1"})

    assert message_of(refused)
    assert Location.objects.filter(shelf=shelf).count() == 2


def test_an_owner_is_added_disabled_and_enabled(browser: NamespaceClient) -> None:
    form = {"name": "Apple", "code": "", "type": "own", "settlement_cycle": "none"}
    assert browser.post(page("owner", "add"), form).status_code == 302
    owner = Owner.objects.get()

    browser.post(action("owner", owner.pk, "disable"))
    owner.refresh_from_db()
    assert owner.status_id == 401

    browser.post(page("owner", "changelist"), {"action": "enable", "_selected_action": [owner.pk]})
    owner.refresh_from_db()
    assert owner.status_id == 400


def test_a_connection_is_added_and_its_secret_never_shown(browser: NamespaceClient) -> None:
    form = {"code": "bj", "warehouse": make_warehouse().pk, "mode": "manual", "endpoint": "", "secret": SECRET}
    assert browser.post(page("wmsconnection", "add"), form).status_code == 302
    wms = WmsConnection.objects.get()
    assert wms.secret == SECRET

    for url in (page("wmsconnection", "changelist"), page("wmsconnection", "change", wms.pk)):
        assert SECRET not in browser.get(url).content.decode()

    rotated = browser.post(action("wmsconnection", wms.pk, "rotate"))
    wms.refresh_from_db()
    assert wms.secret in message_of(rotated)
    assert wms.previous_secret == SECRET


def test_a_connection_that_cannot_work_is_refused(browser: NamespaceClient) -> None:
    form = {
        "code": "bj",
        "warehouse": make_warehouse().pk,
        "mode": "http",
        "endpoint": "http://10.0.0.1/",
        "secret": SECRET,
    }

    assert browser.post(page("wmsconnection", "add"), form).status_code in (200, 302)
    assert WmsConnection.objects.count() == 0


def test_a_notice_is_confirmed_with_a_parcel(browser: NamespaceClient, clerk: NamespaceClient) -> None:
    notice = make_notice()
    url = action("shipnotice", notice.pk, "confirm")

    assert clerk.post(url, {"company": "SF", "tracking_no": "1"}).status_code == 403
    assert browser.get(url).status_code == 200
    assert browser.post(url, {"company": "SF", "tracking_no": ""}).status_code == 200
    assert browser.post(url, {"company": "SF", "tracking_no": "SF1"}).status_code == 302

    notice.refresh_from_db()
    assert (notice.status_id, notice.tracking_no) == (ShipNoticeStatus.DONE, "SF1")
    assert WmsMessage.objects.get().creater.username.startswith("manager")


def test_a_refusal_of_a_service_is_said_where_it_was_asked(browser: NamespaceClient) -> None:
    wms = make_connection(mode="http", endpoint="https://wms.example.com/")
    notice = make_notice(wms.warehouse)

    response = browser.post(action("shipnotice", notice.pk, "confirm"), {"company": "SF", "tracking_no": "1"})

    form = response.context["form"]
    assert len(form.non_field_errors()) == 1
    assert (form["company"].value(), form["tracking_no"].value()) == ("SF", "1")
    assert ShipNotice.objects.get().status_id == ShipNoticeStatus.TO_SEND


def test_a_quarantined_message_is_replayed_from_the_list(browser: NamespaceClient) -> None:
    wms = make_connection()
    services.receive_wms_message(connection_id=wms.pk, raw_event=event("SN-LATER", (1, 5)), actor=wms_actor("x"))
    notice = make_notice(wms.warehouse)
    ShipNotice.objects.filter(pk=notice.pk).update(sn="SN-LATER")
    row = WmsMessage.objects.get()

    browser.post(page("wmsmessage", "changelist"), {"action": "replay", "_selected_action": [row.pk]})

    row.refresh_from_db()
    assert row.state == MessageState.APPLIED


@pytest.mark.parametrize("status", ["1400", "1401", "no"])
def test_the_status_filter(browser: NamespaceClient, status: str) -> None:
    make_notice()

    assert browser.get(page("shipnotice", "changelist"), {"status": status}).status_code == 200


def test_the_inbox_says_in_words_why_messages_were_put_aside(browser: NamespaceClient) -> None:
    one_of_each()
    browser.cookies["django_language"] = "en"

    def told(**chosen: str) -> int:
        """How often the page says the sentence; the filter says it too, whatever is chosen."""
        content: str = browser.get(page("wmsmessage", "changelist"), chosen).content.decode()
        return content.count("The ship notice is unknown in this warehouse.")

    assert told() - told(reason="over_quantity") == 1
    assert told(reason="unknown_notice") - told(reason="over_quantity") == 1
