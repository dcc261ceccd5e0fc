"""Orders of goods on their way: they wait, ship when served, are told a new day, or are refunded (S001-35, S001-36)."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from inventory.models import SupplyLine
from inventory.services.reconcile import prove_stock
from inventory.services.supply import ExpectLine, expect_supply, open_presale, reschedule_supply
from inventory.services.supply_close import close_supply
from inventory.services.supply_receive import ArrivalLine, receive_supply
from orders.choices import CancelReason, OrderFulfilment, OrderPayment, OrderStatus
from orders.exceptions import GoodsAwaited
from orders.models import Order
from orders.payments.models import Refund
from orders.selectors import ids_to_release
from orders.services import cancel_order, release_to_warehouse
from orders.tasks import release_paid
from tests.factories.inventory import source
from tests.factories.orders import Shop, again, failing, make_shop, pay, ship
from tests.factories.supply import IN_A_WEEK, IN_THREE_DAYS
from tests.support.clients import NamespaceClient
from vmi.core.actors import system_actor
from vmi.events import deliver_inline
from vmi.events.models import Event

ACTOR = system_actor()


def _expect(shop: Shop, quantity: int, due_on: date = IN_THREE_DAYS) -> SupplyLine:
    """A purchase on its way, all of it open for sale."""
    document = source("purchase")
    expect_supply(
        warehouse_id=shop.warehouse_id,
        owner_id=shop.owner_id,
        lines=[ExpectLine(1, shop.sku_ids[shop.skus[0]], quantity, due_on, Decimal("6.00"))],
        source=document,
        actor=ACTOR,
    )
    line = SupplyLine.objects.get(source_sn=document.sn)
    open_presale(line_id=line.pk, quantity=quantity, source=source("presale"), actor=ACTOR)
    return line


def _arrive(shop: Shop, line: SupplyLine, quantity: int) -> None:
    with deliver_inline():
        receive_supply(
            lines=[ArrivalLine(1, line.pk, shop.location_id, "", quantity)], source=source("stockin"), actor=ACTOR
        )


def _state(order: Order) -> tuple[int | None, int | None, int | None, bool, date | None]:
    order = again(order)
    return (
        order.status_id,
        order.payment_status_id,
        order.fulfilment_status_id,
        order.awaits_goods,
        order.promised_on,
    )


WAITS = (OrderStatus.OPEN, OrderPayment.PAID, OrderFulfilment.UNFULFILLED, True)


def test_a_presold_order_waits_until_its_last_unit_came_and_then_ships() -> None:
    shop = make_shop(stock=5)
    line = _expect(shop, 100)
    order = shop.place(20)
    pay(order)

    assert _state(order) == (*WAITS, IN_THREE_DAYS)
    assert shop.counts() == (0, 5, 5, 5, 5)
    assert ids_to_release() == []
    assert release_paid() == 0
    refusal = failing(lambda: release_to_warehouse(order_id=order.pk, actor=ACTOR), GoodsAwaited)
    assert getattr(refusal, "details", {}) == {"sn": order.sn, "units": 15, "promised_on": str(IN_THREE_DAYS)}

    _arrive(shop, line, 10)
    assert _state(order) == (*WAITS, IN_THREE_DAYS)
    _arrive(shop, line, 90)
    assert _state(order) == (*WAITS[:3], False, None)
    assert ids_to_release() == [order.pk]

    shipped = ship(order)
    assert shipped.fulfilment_status_id == OrderFulfilment.SHIPPED
    assert shop.counts() == (0, 0, 0, 85, 85)
    assert prove_stock() == []


def test_the_page_offers_the_notice_when_the_goods_are_there(
    staff: Callable[..., Any], client_for: Callable[..., NamespaceClient]
) -> None:
    shop = make_shop(stock=0)
    line = _expect(shop, 5)
    order = shop.place(2)
    pay(order)
    manager = client_for(staff("manager"))
    page = reverse("admin:orders_order_change", args=[order.pk])
    button = reverse("admin:orders_order_release", args=[order.pk])

    assert button not in manager.get(page).content.decode()
    _arrive(shop, line, 5)
    assert button in manager.get(page).content.decode()


def test_the_buyer_learns_the_new_day() -> None:
    shop = make_shop(stock=0)
    line = _expect(shop, 10)
    order = shop.place(4)
    pay(order)
    with deliver_inline():
        reschedule_supply(line_id=line.pk, due_on=IN_A_WEEK, actor=ACTOR)

    assert _state(order) == (*WAITS, IN_A_WEEK)
    event = Event.objects.get(type="order.postponed", subject=order.source.subject)
    assert event.payload == {
        "order_id": order.pk,
        "sn": order.sn,
        "sku": shop.skus[0],
        "old_date": str(IN_THREE_DAYS),
        "new_date": str(IN_A_WEEK),
    }


def test_a_cancelled_arrival_shortens_paid_orders_and_releases_unpaid_ones() -> None:
    shop = make_shop(stock=2)
    line = _expect(shop, 10)
    paid, unpaid = shop.place(5), shop.place(6)
    pay(paid)
    with deliver_inline():
        assert close_supply(line_id=line.pk, reason="sunk", source=source("close"), actor=ACTOR) == 9

    dropped = (OrderFulfilment.NOTHING_TO_SHIP, False, None)
    assert _state(paid) == (OrderStatus.OPEN, OrderPayment.PAID, OrderFulfilment.UNFULFILLED, False, None)
    assert [(row.payment.order_id, row.amount) for row in Refund.objects.all()] == [(paid.pk, Decimal("30.00"))]
    assert _state(unpaid) == (OrderStatus.CANCELLED, OrderPayment.UNPAID, *dropped)
    assert again(unpaid).closed_reason == CancelReason.UNAVAILABLE.value
    bucket = shop.bucket()
    assert shop.counts() == (0, 2, 2, 2, 2)
    assert (bucket.presale_qty, bucket.presale_held_qty, bucket.presale_sold_qty) == (0, 0, 0)
    assert shop.logical().in_transit_qty == 0
    assert prove_stock() == []


def test_an_order_that_lost_units_is_never_sent_without_them() -> None:
    """Between the loss and the refund the sweep finds the order, with only what is on the shelf served."""
    shop = make_shop(stock=2)
    line = _expect(shop, 10)
    order = shop.place(5)
    pay(order)
    close_supply(line_id=line.pk, source=source("close"), actor=ACTOR)

    with pytest.raises(GoodsAwaited):
        release_to_warehouse(order_id=order.pk, actor=ACTOR)
    assert release_paid() == 0
    assert shop.counts() == (0, 2, 2, 2, 2)
    assert prove_stock() == []


def test_a_waiting_order_may_be_cancelled() -> None:
    shop = make_shop(stock=2)
    line = _expect(shop, 10)
    order = shop.place(5)
    pay(order)
    cancel_order(order_id=order.pk, actor=ACTOR)

    assert _state(order)[:1] + _state(order)[3:] == (OrderStatus.CANCELLED, False, None)
    assert (shop.counts(), shop.bucket().open_presale_qty) == ((0, 0, 0, 2, 2), 10)
    _arrive(shop, line, 10)
    assert (shop.bucket().sellable_qty, again(order).status_id) == (12, OrderStatus.CANCELLED)
    assert prove_stock() == []
