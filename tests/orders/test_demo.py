"""The demo data: complete, the same twice, and without an empty screen."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django_tenants.utils import tenant_context
from pytest_django import DjangoDbBlocker

from inventory.models import Batch, ChannelStock
from inventory.services.reconcile import reconcile
from orders.choices import OrderAfterSale, OrderFulfilment, OrderPayment, OrderStatus, ReturnStatus
from orders.demo import load
from orders.demo.deals import SPANS, deals
from orders.demo.exceptions import NamespaceInUse
from orders.demo.people import LOGINS
from orders.demo.sales import End
from orders.demo.timeline import Scene, Story, StoryTooLong, tell
from orders.models import Order, ReturnOrder
from orders.payments.choices import PaymentState, RefundState
from orders.payments.models import Payment, Refund
from orders.replay.exceptions import NamespaceClosed
from stores.choices import DocumentStatus
from stores.models import StockIn, StockOut
from tests.factories.orders import make_shop
from vmi.accounts.models import User
from vmi.core import clock
from vmi.core.admin import namespace_site
from vmi.core.tenancy import run_in_namespace
from vmi.events.catalogue import StockLow
from vmi.events.choices import DeliveryState
from vmi.events.models import Delivery, Event
from vmi.namespaces.services import open_namespace
from warehousing.choices import MessageState, ShipNoticeStatus
from warehousing.models import ShipNotice, WmsMessage

SCHEMA = "demo_test"
HOST = "demo.testserver"
MAY_BE_EMPTY: dict[str, str] = {"inventory.Correction": "the stock of the demo adds up"}
"""Pages that have nothing to show after the load, with the reason."""


def silent(_chapter: str, _done: int, _total: int) -> None:
    """Progress nobody watches."""


@pytest.fixture(scope="module")
def demo(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Any]:
    """A namespace with the demo data, loaded once for this file by the command, committed, dropped at the end."""
    with django_db_blocker.unblock():
        connection.set_schema_to_public()
        namespace = open_namespace(schema_name=SCHEMA, name="示范", domain=HOST)
        call_command("load_demo", namespace=SCHEMA, verbosity=0)
        connection.set_schema_to_public()
    yield namespace
    with django_db_blocker.unblock():
        connection.set_schema_to_public()
        with connection.cursor() as cursor:
            cursor.execute(f'DROP SCHEMA "{SCHEMA}" CASCADE')
            cursor.execute("DELETE FROM namespaces_domain WHERE tenant_id = %s", [namespace.pk])
            cursor.execute("DELETE FROM namespaces_namespace WHERE id = %s", [namespace.pk])
        connection.close()


@pytest.fixture
def inside(demo: Any) -> Iterator[None]:
    """Stand in the demo namespace."""
    with tenant_context(demo):
        yield


def values(model: Any, column: str) -> set[Any]:
    return set(model.objects.values_list(column, flat=True))


@pytest.mark.usefixtures("inside")
def test_no_page_of_the_back_office_is_empty() -> None:
    empty = {model._meta.label for model in namespace_site._registry if not model._default_manager.exists()}

    assert empty == set(MAY_BE_EMPTY)


@pytest.mark.slow
def test_every_list_and_form_opens(demo: Any, client_for: Callable[..., Any], rf: Any) -> None:
    request = rf.get("/admin/")
    with tenant_context(demo):
        request.user = User.objects.get(username="admin")
        client = client_for(request.user, host=HOST)
        pages = namespace_site._registry
        firsts = {model._meta: page.get_queryset(request).first() for model, page in pages.items()}

    for meta, first in firsts.items():
        page = f"/admin/{meta.app_label}/{meta.model_name}/"
        assert client.get(page).status_code == 200, page
        if meta.label not in MAY_BE_EMPTY:
            assert client.get(f"{page}{first.pk}/change/").status_code == 200, page


@pytest.mark.usefixtures("inside")
def test_orders_are_in_every_state() -> None:
    assert values(Order, "status_id") == set(OrderStatus)
    assert values(Order, "payment_status_id") == set(OrderPayment)
    assert values(Order, "fulfilment_status_id") == set(OrderFulfilment)
    assert values(Order, "after_sale_status_id") == set(OrderAfterSale)
    assert values(ReturnOrder, "status_id") == set(ReturnStatus)
    assert 80 <= Order.objects.count() <= 120


@pytest.mark.usefixtures("inside")
def test_money_and_goods_are_in_every_state_that_needs_no_breakdown() -> None:
    assert values(Payment, "state_id") == set(PaymentState)
    assert values(Payment, "provider") == {"development", "offline"}
    assert Payment.objects.filter(is_orphan=True).exists()
    assert values(Refund, "state_id") == set(RefundState) - {RefundState.FAILED}
    # Approval carries on at once: a stock-in is done, a stock-out is in progress.
    through = {DocumentStatus.APPROVED, DocumentStatus.IN_PROGRESS}
    assert values(StockIn, "status_id") == set(DocumentStatus) - through
    assert values(StockOut, "status_id") == set(DocumentStatus) - {DocumentStatus.APPROVED}
    assert values(ShipNotice, "status_id") == set(ShipNoticeStatus) - {ShipNoticeStatus.TO_SEND}
    assert values(WmsMessage, "state") == set(MessageState) - {MessageState.RECEIVED}


@pytest.mark.usefixtures("inside")
def test_some_orders_wait_for_their_money_a_while() -> None:
    waiting = Order.objects.in_status(OrderStatus.OPEN).filter(payment_status_id=OrderPayment.UNPAID)

    assert waiting.count() == SPANS[End.WAITING].count + 1


@pytest.mark.usefixtures("inside")
def test_the_sample_rows_are_there_with_their_amounts() -> None:
    by_hand = {row.source_sn: (row.quantity, str(row.amount), row.status_id) for row in StockOut.objects.all()}
    assert by_hand["OUT20250402002"] == (5, "9995.00", DocumentStatus.PENDING)
    assert by_hand["OUT20250403001"] == (15, "22500.00", DocumentStatus.DONE)
    assert by_hand["OUT20250403002"] == (10, "3500.00", DocumentStatus.DONE)
    assert by_hand["OUT20250404001"] == (8, "16000.00", DocumentStatus.DONE)
    assert StockIn.objects.get(description__contains="IN20250403002").quantity == 15

    of_sales = {
        ref: StockOut.objects.get(source_sn=Order.objects.get(source_ref=ref).sn)
        for ref in ("ORD20250401001", "ORD20250401002", "ORD20250401003")
    }
    assert [(row.quantity, str(row.amount)) for row in of_sales.values()] == [
        (20, "39980.00"),
        (12, "23988.00"),
        (30, "12000.00"),
    ]
    assert Order.objects.get(source_ref="ORD20250402001").status_id == OrderStatus.CANCELLED
    assert Order.objects.get(source_ref="ORD20250402002").status_id == OrderStatus.OPEN


@pytest.mark.usefixtures("inside")
def test_batches_have_dates_and_some_goods_are_gone_or_nearly() -> None:
    assert Batch.objects.filter(expires_on__isnull=False).count() == 12
    scarce = ChannelStock.objects.filter(base_quota_qty__lte=3).values_list("pool__logical__sku__sku", flat=True)
    assert {"AP-IP15PM-1T-SLV", "SM-FLIP5-512-PPL", "NK-DUNK-41-PND"} <= set(scarce)
    assert ChannelStock.objects.filter(base_quota_qty=0).exists()
    assert Event.objects.filter(type=StockLow.type).count() >= 4


@pytest.mark.usefixtures("inside")
def test_nothing_waits_for_a_worker_and_the_proofs_hold() -> None:
    assert values(Delivery, "state") == {DeliveryState.DONE}
    assert reconcile().count == 0


@pytest.mark.parametrize("person", LOGINS, ids=lambda person: person.username)
def test_everybody_signs_in_with_the_printed_password(demo: Any, person: Any, client_for: Callable[..., Any]) -> None:
    password = f"demo-{person.username}"
    with tenant_context(demo):
        user = User.objects.get(username=person.username)
        assert user.check_password(password)
        assert user.groups.filter(name=person.role).exists()
    client = client_for(host=HOST)

    page = client.post("/admin/login/", {"username": person.username, "password": password})

    assert (page.status_code == 302) is (person.role != "customer")


@pytest.mark.usefixtures("inside")
def test_loading_again_changes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    before = Event.objects.count()

    call_command("load_demo", namespace=SCHEMA)

    assert Event.objects.count() == before
    assert "nothing was changed" in capsys.readouterr().out


def test_a_load_that_was_killed_goes_on(monkeypatch: pytest.MonkeyPatch, alpha: Any) -> None:
    """The chapter that was under way leaves nothing; the ones before stay, with their anchor."""
    first = {name: load.CHAPTERS[name] for name in ("people", "places")}
    monkeypatch.setattr(load, "CHAPTERS", first | {"shops": _killed})
    with pytest.raises(KeyboardInterrupt):
        load.load_demo("alpha", silent)
    anchor = load._bookmarks()["people"]
    assert set(load._bookmarks()) == {"people", "places"}
    assert not User.objects.filter(username="half").exists()

    monkeypatch.setattr(load, "CHAPTERS", first | {"proof": load._proof})
    loaded = load.load_demo("alpha", silent)

    assert loaded.chapters == ["proof"]
    assert loaded.logins == []
    assert set(load._bookmarks().values()) == {anchor}


def _killed(_load: Any, _name: str) -> None:
    User.objects.create_user(username="half", password=None)
    raise KeyboardInterrupt


def test_a_namespace_with_orders_of_its_own_is_left_alone() -> None:
    make_shop().place(1)

    with pytest.raises(NamespaceInUse):
        load.load_demo("alpha", silent)


def test_a_namespace_that_does_not_answer_is_refused() -> None:
    with pytest.raises(NamespaceClosed):
        load.load_demo("nowhere", silent)
    with pytest.raises(CommandError, match="nowhere"):
        call_command("load_demo", namespace="nowhere", verbosity=0)


@pytest.mark.no_database
def test_the_script_is_the_same_every_time() -> None:
    anchor, zone = datetime(2026, 11, 22, 4, 0, tzinfo=UTC), ZoneInfo("Asia/Shanghai")

    assert list(deals(anchor, zone)) == list(deals(anchor, zone))
    assert {deal for _begin, deal in deals(anchor, zone)} == {
        deal for _begin, deal in deals(datetime(2027, 1, 1, tzinfo=UTC), zone)
    }


@pytest.mark.slow
def test_it_loads_just_after_midnight(alpha: Any) -> None:
    """The days of the script leave room for the slowest pauses of every story."""
    with clock.at(datetime.fromisoformat("2026-11-22T00:01:00+08:00")):
        load.load_demo("alpha", silent)

    assert set(load._bookmarks()) == set(load.CHAPTERS)


def test_stories_are_told_in_the_order_of_time_and_end_in_time() -> None:
    start, said = datetime(2026, 1, 1, tzinfo=UTC), []

    def story(name: str, pause: timedelta) -> Story:
        said.append((name, clock.now()))
        yield pause
        said.append((name, clock.now()))

    day = timedelta(days=1)
    scenes = [Scene(start + day, story("late", day)), Scene(start, story("early", 3 * day))]
    tell(scenes, until=start + 3 * day, progress=lambda _done, _total: None)

    assert said == [("early", start), ("late", start + day), ("late", start + 2 * day), ("early", start + 3 * day)]
    with pytest.raises(StoryTooLong):
        tell([Scene(start, story("on", day))], until=start, progress=lambda _done, _total: None)


def test_only_the_platform_gets_an_operator_once() -> None:
    call_command("ensure_operator", verbosity=0)
    call_command("ensure_operator", verbosity=0)

    assert not User.objects.filter(username="platform").exists()
    with run_in_namespace("public"):
        operator = User.objects.get(username="platform")
        assert (operator.is_staff, operator.is_superuser) == (True, False)
        assert [group.name for group in operator.groups.all()] == ["platform_operator"]
