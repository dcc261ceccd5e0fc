"""The first page's numbers of orders: counts by step, sales by day, in the namespace's own zone and stores."""

import html
import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from orders.choices import OrderPayment
from orders.models import Order
from orders.selectors import OrderCounts, order_counts, sales_by_day
from orders.services import cancel_order, release_to_warehouse
from stores.services import add_member
from tests.factories.orders import complete, make_shop, pay, ship
from tests.support.sql import statements
from tests.support.time import FrozenClock
from vmi.core import clock
from vmi.core.actors import system_actor

SHANGHAI = ZoneInfo("Asia/Shanghai")


def counts(**fields: Any) -> OrderCounts:
    now = clock.now()
    return order_counts(**{"since": now - timedelta(hours=12), "now": now, "store_ids": None, **fields})


def test_each_step_counts_its_own_orders(frozen_clock: FrozenClock) -> None:
    shop = make_shop(stock=50)
    shop.place(1)
    pay(shop.place(1))
    noticed = shop.place(1)
    pay(noticed)
    release_to_warehouse(order_id=noticed.pk, actor=system_actor())
    shipped = shop.place(1)
    pay(shipped)
    ship(shipped)
    complete(shop.place(1))
    cancel_order(order_id=shop.place(1).pk, reason="", actor=system_actor())

    found = counts()

    assert (found.since, found.to_pay, found.to_ship, found.at_warehouse, found.on_the_way) == (6, 1, 1, 1, 1)
    assert (found.returns, found.inspections) == (0, 0)


def test_an_overdue_order_is_not_waiting_for_its_payment(frozen_clock: FrozenClock) -> None:
    make_shop(hold_minutes=15).place(1)

    frozen_clock.advance(minutes=16)

    assert counts().to_pay == 0


def test_counts_and_sales_are_those_of_the_asked_stores(frozen_clock: FrozenClock) -> None:
    mine, other = make_shop(), make_shop()
    pay(mine.place(1))
    pay(other.place(2))

    assert counts(store_ids={mine.store_id}).to_ship == 1
    assert counts(store_ids=set()).since == 0
    since = clock.now() - timedelta(days=1)
    (day,) = sales_by_day(since=since, zone="Asia/Shanghai", store_ids={other.store_id})
    assert (day.orders, day.amount) == (1, Decimal("20.00"))


def test_a_day_of_sales_begins_at_midnight_of_the_namespace(frozen_clock: FrozenClock) -> None:
    shop = make_shop(stock=50)
    frozen_clock.set(datetime(2026, 11, 20, 23, 59, tzinfo=SHANGHAI))
    pay(shop.place(1))
    frozen_clock.set(datetime(2026, 11, 21, 0, 1, tzinfo=SHANGHAI))
    pay(shop.place(2))
    shop.place(5)  # never paid

    rows = sales_by_day(since=datetime(2026, 11, 1, tzinfo=SHANGHAI), zone="Asia/Shanghai", store_ids=None)

    assert [(row.day, row.orders, row.amount) for row in rows] == [
        (date(2026, 11, 20), 1, Decimal("10.00")),
        (date(2026, 11, 21), 1, Decimal("20.00")),
    ]


def test_nothing_sold_is_no_row() -> None:
    assert sales_by_day(since=clock.now(), zone="Asia/Shanghai", store_ids=None) == []


@pytest.mark.parametrize("role", ["manager", "clerk", "finance", "warehouse"])
def test_the_first_page_costs_the_same_whatever_it_counts(
    client_for: Callable[..., Any], staff: Callable[..., Any], role: str
) -> None:
    browser = client_for(staff(role))
    shop = make_shop(stock=50)
    complete(shop.place(1))
    browser.get("/admin/")
    with statements() as few:
        assert browser.get("/admin/").status_code == 200
    for _number in range(3):
        other = make_shop(stock=5)
        other.place(1)
        pay(other.place(1))
        complete(other.place(1))

    with statements() as many:
        browser.get("/admin/")

    assert len(many) <= len(few)
    assert len(few) <= 30


def test_the_first_page_speaks_of_this_namespace_only(
    client_for: Callable[..., Any], staff: Callable[..., Any], in_beta: Callable[..., Any]
) -> None:
    with in_beta():
        stranger = make_shop(stock=50)
        number = stranger.place(1).sn
    page = client_for(staff("manager")).get("/admin/").content.decode()

    assert number not in page


def test_a_store_member_sees_their_own_orders_only(client_for: Callable[..., Any], staff: Callable[..., Any]) -> None:
    mine, other = make_shop(), make_shop()
    person = staff("store_member")
    add_member(store_id=mine.store_id, title="店员", name="小王", user_id=person.pk, actor=system_actor())
    own, foreign = mine.place(1), other.place(1)

    page = client_for(person).get("/admin/").content.decode()

    assert own.sn in page
    assert foreign.sn not in page


def test_the_card_of_what_is_to_ship_leads_to_what_it_counts(
    client_for: Callable[..., Any], staff: Callable[..., Any]
) -> None:
    browser, shop = client_for(staff("manager")), make_shop()
    unpaid, paid, shortened = shop.place(1), shop.place(1), shop.place(1)
    for order in (paid, shortened):
        pay(order)
    Order.objects.filter(pk=shortened.pk).update(payment_status_id=OrderPayment.PARTLY_REFUNDED, refunded_amount=1)
    home = browser.get("/admin/").content.decode()

    (path,) = re.findall(r'href="([^"]*fulfilment_status=900[^"]*)"', home)
    listed = browser.get(html.unescape(path))

    assert listed.status_code == 200, listed.headers
    found = {order.sn for order in listed.context["cl"].queryset}
    assert found == {paid.sn, shortened.sn}, unpaid.sn


def test_sales_are_written_with_the_namespaces_currency(
    client_for: Callable[..., Any], staff: Callable[..., Any]
) -> None:
    pay(make_shop(price="1234.50", stock=5).place(1))

    page = client_for(staff("manager")).get("/admin/").content.decode()

    assert "¥1,234.50" in page
