"""What the back office may do about holds: release, extend, change the quantity."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from inventory.choices import HoldState
from inventory.models import Reservation
from inventory.services.reconcile import prove_stock
from tests.factories.inventory import Stock, make_stock, source
from tests.factories.orders import make_shop
from tests.support.time import FrozenClock

LIST = "/admin/inventory/reservation/"


@pytest.fixture
def browser(staff: Callable[..., Any], client_for: Callable[..., Any]) -> Any:
    return client_for(staff("manager"))


def _hold(stock: Stock, quantity: int = 3, kind: str = "cart") -> Reservation:
    stock.reserve(quantity, document=source(kind))
    return Reservation.objects.latest("pk")


def _run(browser: Any, action: str, *holds: Reservation, **fields: Any) -> str:
    """Run an action over rows of the list; the messages shown afterwards."""
    data = {"action": action, "_selected_action": [hold.pk for hold in holds], "_answered": "1", **fields}
    response = browser.post(LIST, data, follow=True)
    assert response.status_code == 200
    return str(response.content.decode())


@pytest.mark.parametrize("kind", ["cart", "extorder"])
def test_a_hold_is_released(browser: Any, kind: str) -> None:
    stock = make_stock(10)
    hold, other = _hold(stock, kind=kind), _hold(stock, 1)

    _run(browser, "release_hold", hold)

    hold.refresh_from_db()
    other.refresh_from_db()
    assert (hold.state, other.state) == (HoldState.RELEASED, HoldState.HELD)
    assert stock.bucket.held_qty == 1
    assert prove_stock() == []


def test_releasing_what_an_order_holds_calls_the_order_off(browser: Any) -> None:
    shop = make_shop()
    order = shop.place(2)

    _run(browser, "release_hold", Reservation.objects.get())

    order.refresh_from_db()
    assert order.status_id == 102
    assert shop.bucket().held_qty == 0


def test_a_hold_gets_more_time(browser: Any, frozen_clock: FrozenClock) -> None:
    stock = make_stock(10)
    hold = _hold(stock)
    before = hold.expires_at

    page = browser.get(f"{LIST}{hold.pk}/change/").content.decode()
    assert all(f"/{name}/" in page for name in ("release-hold", "extend", "change-quantity"))
    _run(browser, "extend", hold, minutes=40)

    hold.refresh_from_db()
    assert hold.expires_at == before + timedelta(minutes=25)


def test_a_hold_gets_another_quantity(browser: Any) -> None:
    stock = make_stock(10)
    hold = _hold(stock)

    _run(browser, "change_quantity", hold, quantity=5)
    hold.refresh_from_db()
    assert (hold.quantity, stock.bucket.held_qty) == (5, 5)
    _run(browser, "change_quantity", hold, quantity=11)
    hold.refresh_from_db()
    assert (hold.quantity, stock.bucket.held_qty) == (5, 5)
    assert prove_stock() == []


def test_what_an_order_of_the_house_holds_follows_the_order(browser: Any) -> None:
    make_shop().place(2)
    hold = Reservation.objects.get()

    page = browser.get(f"{LIST}{hold.pk}/change/").content.decode()
    assert "/release-hold/" in page
    assert "/change-quantity/" not in page
    _run(browser, "change_quantity", hold, quantity=1)
    _run(browser, "extend", hold, minutes=40)

    assert Reservation.objects.values("quantity", "expires_at").get() == {
        "quantity": 2,
        "expires_at": hold.expires_at,
    }


def test_ended_holds_stay_ended(browser: Any) -> None:
    stock = make_stock(10)
    hold = _hold(stock)
    _run(browser, "release_hold", hold)

    for action, fields in (("extend", {"minutes": 5}), ("change_quantity", {"quantity": 5}), ("release_hold", {})):
        _run(browser, action, hold, **fields)

    hold.refresh_from_db()
    assert (hold.state, hold.quantity, stock.bucket.held_qty) == (HoldState.RELEASED, 3, 0)


@pytest.mark.parametrize("role", ["clerk", "warehouse", "finance"])
def test_others_only_look(role: str, staff: Any, client_for: Any) -> None:
    stock = make_stock(10)
    hold = _hold(stock)
    browser = client_for(staff(role))

    assert browser.get(f"{LIST}{hold.pk}/change/").status_code == 200
    assert browser.post(f"{LIST}{hold.pk}/release-hold/").status_code == 403
    hold.refresh_from_db()
    assert hold.state == HoldState.HELD
