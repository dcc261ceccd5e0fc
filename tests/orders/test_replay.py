"""A sales file played through the product: what it writes, what it refuses, and that repeating it changes nothing."""

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import connection

from credits.models import Credit
from inventory.models import LedgerEntry, LogicalStock, PhysicalStock
from orders.choices import OrderAfterSale, OrderFulfilment, OrderPayment, OrderStatus
from orders.models import Order, ReturnOrder
from orders.payments.models import Payment, Refund
from orders.replay.cleaning import LineClass
from orders.replay.run import Options, Outcome, replay
from partners.models import Partner
from stores.choices import DocumentStatus, StockInType, StockOutType
from stores.models import StockIn, StockOut
from tests.orders.sales_files import line, sales_file
from vmi.core.actors import SYSTEM_USER_ID
from vmi.events.models import Delivery, Event
from vmi.namespaces.models import Namespace
from warehousing.models import ShipNotice

DAY = "2010-12-02 09:00:00"
FILE = (
    line("536365", "85123a", 6, "2.55"),
    line("536365", "85123A", 6, "2.55"),
    line("536365", "71053", 2, "3.39", name="LANTERN"),
    line("536365", "71053", 1, "3.00", name="LANTERN"),
    line("536365", "POST", 1, "18.00", name="POSTAGE"),
    line("536366", "71053", 4, "3.39", name="LANTERN", customer="", at="2010-12-01 09:00:00"),
    line("536367", "22633", 8, "1.85", name="HAND WARMER", customer="13047", at="2010-12-01 10:00:00", country="EIRE"),
    line("536367", "22632", 1, "0", name="", customer="13047", at="2010-12-01 10:00:00"),
    line("536368", "22632", 5, "0", name="found", customer="", at="2010-12-01 11:00:00"),
    line("536369", "22633", -2, "0", name="damaged", customer="", at="2010-12-01 12:00:00"),
    line("C536370", "85123A", -8, "2.55", at=DAY),
    line("C536370", "85123A", -9, "2.55", at=DAY),
    line("C536371", "22633", -1, "1.85", customer="", at=DAY),
    line("C536372", "M", -1, "10.00", name="Manual", at=DAY),
)
CLASSES = {
    LineClass.SOLD: 6,
    LineClass.GIVEN: 1,
    LineClass.RETURNED: 1,
    LineClass.PARTLY_RETURNED: 1,
    LineClass.RETURNED_WITHOUT_ORDER: 1,
    LineClass.WRITTEN_OFF: 1,
    LineClass.CHARGE: 1,
    LineClass.CHARGE_CANCELLED: 1,
    LineClass.NO_PRICE: 1,
}


def silent(_phase: str, _done: int, _total: int) -> None:
    """A progress nobody looks at."""


def play(folder: Path, lines: Sequence[str] = FILE, **options: Any) -> Outcome:
    """Replay a file of these lines into ``alpha``."""
    return replay(sales_file(folder, lines), Options("alpha", **options), silent)


def row_counts() -> dict[str, int]:
    """How many rows every table of the namespace has, and the last ledger entry."""
    labels = ("partners", "catalog", "credits", "warehousing", "inventory", "stores", "orders", "payments", "events")
    return {
        model._meta.label: model._default_manager.count()
        for label in labels
        for model in apps.get_app_config(label).get_models()
    }


def test_every_line_ends_in_one_class_and_the_ledgers_agree(tmp_path: Path) -> None:
    outcome = play(tmp_path)

    assert outcome.report.count == 0
    assert dict(outcome.tally.lines) == CLASSES
    assert outcome.lines == len(FILE) == sum(CLASSES.values())
    assert outcome.tally.units[LineClass.SOLD] == 27
    assert (outcome.tally.opening_units, outcome.tally.opening_units_of_write_offs) == (28, 2)
    assert outcome.tally.unmatched_units == 6
    assert outcome.tally.revenue == Decimal("68.74")
    assert outcome.tally.refunded == Decimal("30.60")


def test_a_sale_takes_every_step_of_an_order(tmp_path: Path) -> None:
    play(tmp_path)

    order = Order.objects.get(source_ref="536367")
    assert (order.status_id, order.payment_status_id) == (OrderStatus.COMPLETED, OrderPayment.PAID)
    assert (order.fulfilment_status_id, order.after_sale_status_id) == (OrderFulfilment.RECEIVED, OrderAfterSale.NONE)
    assert (order.cost, order.paid_amount) == (Decimal("14.80"), Decimal("14.80"))
    assert order.customer is not None
    assert (order.customer.name, order.customer.source_ref, order.address) == ("Customer 13047", "13047", "EIRE")
    # Shanghai's local time: the file's clock is the namespace's.
    assert {order.create_time, order.paid_at, order.shipped_at, order.completed_at} == {order.create_time}
    assert order.create_time.isoformat() == "2010-12-01T02:00:00+00:00"
    assert [(item.sku, item.count, item.price) for item in order.items.all()] == [
        ("22633", 8, Decimal("1.85")),
        ("22632", 1, Decimal("0.00")),
    ]
    payment = Payment.objects.get(order=order)
    assert (payment.provider, payment.provider_no, payment.amount) == ("offline", "536367", Decimal("14.80"))
    assert ShipNotice.objects.get(source_type="order", source_sn=order.sn).lines.count() == 2
    stockout = StockOut.objects.get(source_type="order", source_sn=order.sn)
    assert (stockout.type, stockout.status_id, stockout.quantity) == (StockOutType.SALE, DocumentStatus.DONE, 9)
    steps = Event.objects.filter(subject=f"order:{order.sn}").order_by("id").values_list("type", flat=True)
    assert list(steps) == [
        "order.placed",
        "order.paid",
        "payment.settled",
        "order.noticed",
        "wms.outbound_confirmed",
        "stock.shipped",
        "order.shipped",
        "order.completed",
    ]
    assert set(Delivery.objects.values_list("state", flat=True)) == {"done"}


def test_lines_of_one_article_stay_apart_and_anonymous_sales_have_no_member(tmp_path: Path) -> None:
    play(tmp_path)

    lines = Order.objects.get(source_ref="536365").items.values_list("sku", "count", "price")
    assert list(lines) == [
        ("85123A", 6, Decimal("2.55")),
        ("85123A", 6, Decimal("2.55")),
        ("71053", 2, Decimal("3.39")),
        ("71053", 1, Decimal("3.00")),
    ]
    assert Order.objects.get(source_ref="536366").customer is None
    assert set(Partner.objects.values_list("source_ref", flat=True)) == {"13047", "17850"}
    earned = Credit.objects.filter(owner__source_ref="13047", source_type="order")
    assert [(entry.credit, entry.amount) for entry in earned] == [(14, Decimal("14.80"))]


def test_the_opening_stock_is_written_by_one_and_approved_by_another(tmp_path: Path) -> None:
    play(tmp_path)

    opening, reserve = StockIn.objects.filter(type=StockInType.OPENING).order_by("id")
    assert (opening.creater.username, opening.approved_by.username) == ("sales.clerk", "sales.manager")
    assert not opening.creater.has_usable_password()
    assert dict(opening.lines.values_list("sku", "count")) == {"22632": 1, "22633": 8, "71053": 7, "85123A": 12}
    assert dict(reserve.lines.values_list("sku", "count")) == {"22633": 2}
    places = PhysicalStock.objects.values_list("sku__sku", "location__shelf__rack", "location__code")
    assert len({code for _sku, _rack, code in places}) == 4


def test_returns_find_their_orders_and_the_rest_comes_in_alone(tmp_path: Path) -> None:
    play(tmp_path)

    returned = ReturnOrder.objects.get(source_ref="C536370/536365")
    order = returned.order
    assert (order.source_ref, order.after_sale_status_id) == ("536365", OrderAfterSale.PARTLY_RETURNED)
    assert returned.refund_amount == Decimal("30.60")
    assert list(order.items.values_list("returned_count", flat=True)) == [6, 6, 0, 0]
    refund = Refund.objects.get()
    assert (refund.cause_ref, refund.provider_no, refund.amount) == (returned.sn, "C536370/536365", Decimal("30.60"))
    assert (order.payment_status_id, order.refunded_amount) == (OrderPayment.PARTLY_REFUNDED, Decimal("30.60"))
    alone = StockIn.objects.filter(type=StockInType.RETURN).order_by("source_sn")
    assert [(document.source_sn, document.quantity) for document in alone] == [("C536370", 5), ("C536371", 1)]
    taken_back = Credit.objects.filter(owner__source_ref="17850", origin_sn=order.sn)
    assert [entry.amount for entry in taken_back] == [Decimal("30.60")]


def test_write_offs_leave_as_scrap_and_nothing_else_is_left(tmp_path: Path) -> None:
    play(tmp_path)

    scrap = StockOut.objects.get(type=StockOutType.SCRAP)
    assert (scrap.source_sn, scrap.quantity, scrap.status_id) == ("536369", 2, DocumentStatus.DONE)
    assert (scrap.description, scrap.approved_by.username) == ("damaged", "sales.manager")
    left = LogicalStock.objects.filter(physical_base_qty__gt=0).values_list("sku__sku", "physical_base_qty")
    assert dict(left) == {"85123A": 17, "22633": 1}


def test_a_second_run_changes_nothing(tmp_path: Path) -> None:
    first = play(tmp_path)
    before = row_counts(), LedgerEntry.objects.order_by("-id").values_list("id", flat=True).first()

    second = play(tmp_path)

    assert (row_counts(), LedgerEntry.objects.order_by("-id").values_list("id", flat=True).first()) == before
    assert (second.tally.lines, second.tally.documents) == (first.tally.lines, first.tally.documents)
    assert (second.tally.new.total(), second.tally.opening_units) == (0, 0)
    assert second.report.count == 0


def test_short_stock_refuses_whole_invoices_and_remembers_them(tmp_path: Path) -> None:
    rows = [
        line("1", quantity=6),
        line("2", quantity=4, at="2010-12-01 09:00:00"),
        line("2", code="71053", quantity=10, at="2010-12-01 09:00:00"),
        line("C3", quantity=-4, at=DAY),
    ]

    first = play(tmp_path, rows, cover=Decimal("0.9"))
    before = row_counts()
    second = play(tmp_path, rows, cover=Decimal("0.9"))

    # 9 of 10 units: the first invoice takes 6, so the second is short of both articles; its return finds the first.
    assert dict(first.tally.lines) == {LineClass.SOLD: 1, LineClass.REFUSED: 2, LineClass.RETURNED: 1}
    assert (first.tally.refusals, first.tally.documents["refused invoices"]) == ({"stock_insufficient": 1}, 1)
    refusal = Event.objects.get(type="sale.refused")
    assert refusal.payload["lines"] == [
        {"line": 1, "sku": "85123", "wanted": 4, "available": 3},
        {"line": 2, "sku": "71053", "wanted": 10, "available": 9},
    ]
    assert not Order.objects.filter(source_ref="2").exists()
    # Four units came back, so it could be sold now; but a second run changes nothing.
    assert (second.tally.lines, row_counts()) == (first.tally.lines, before)
    assert first.report.count == second.report.count == 0


def test_without_any_stock_everything_is_refused(tmp_path: Path) -> None:
    outcome = play(tmp_path, FILE[:9], cover=Decimal(0))

    assert outcome.tally.documents["refused invoices"] == 3
    assert (Order.objects.count(), LedgerEntry.objects.count()) == (0, 0)
    assert outcome.report.count == 0


def test_more_of_the_file_may_follow(tmp_path: Path) -> None:
    first = play(tmp_path, limit=2)
    whole = play(tmp_path)

    assert (first.tally.documents["orders"], first.tally.lines[LineClass.BEYOND_LIMIT]) == (2, 6)
    assert sum(first.tally.lines.values()) == len(FILE)
    assert (whole.tally.documents["orders"], whole.tally.new["orders"]) == (3, 1)
    assert dict(whole.tally.lines) == CLASSES
    assert (first.tally.opening_units, whole.tally.opening_units) == (19, 9)
    assert whole.report.count == 0


def test_another_file_with_the_same_invoice_number_is_told(tmp_path: Path) -> None:
    play(tmp_path, [line()])

    outcome = play(tmp_path, [line(quantity=7), line("C9", quantity=-1, at=DAY)])

    assert dict(outcome.tally.lines) == {LineClass.OTHER_CONTENT: 1, LineClass.RETURNED_WITHOUT_ORDER: 1}
    assert Order.objects.get().cost == Decimal("15.30")


def test_periodic_jobs_pause_while_it_runs(tmp_path: Path, alpha: Namespace) -> None:
    seen = set()

    def look(phase: str, _done: int, _total: int) -> None:
        if phase in ("prepare", "play", "prove"):
            seen.add(Namespace.objects.get(pk=alpha.pk).sweepers_paused)

    replay(sales_file(tmp_path, FILE), Options("alpha"), look)

    assert seen == {True}
    assert not Namespace.objects.get(pk=alpha.pk).sweepers_paused
    assert connection.schema_name == "alpha"


def test_members_and_orders_belong_to_the_machine(tmp_path: Path) -> None:
    play(tmp_path)

    assert set(Order.objects.values_list("creater_id", flat=True)) == {SYSTEM_USER_ID}
    assert set(Event.objects.filter(type="order.placed").values_list("actor_label", flat=True)) == {"replay_sales"}
