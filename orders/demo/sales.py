"""Stories of orders, from the basket to wherever they end."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from random import Random
from typing import Final

from orders.demo.members import consignee_of
from orders.demo.money import fail_payment, pay, pay_back, start_payment
from orders.demo.shipping import leave
from orders.demo.timeline import Story
from orders.demo.world import World
from orders.models import Order
from orders.services import (
    InspectionInput,
    OrderItemInput,
    ReturnItemInput,
    cancel_order,
    complete_order,
    expire_order,
    inspect_return,
    place_order,
    receive_return,
    reject_return,
    release_to_warehouse,
    request_return,
)
from vmi.core.actors import system_actor

MINUTE: Final = timedelta(minutes=1)
HOUR: Final = timedelta(hours=1)
RETURN_REASONS: Final = ("尺码不合适", "拍错颜色", "收到有划痕", "七天无理由退货")


class End(StrEnum):
    """Where a sale has got to when the demo ends."""

    WAITING = "waiting"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    CANCELLED_PAID = "cancelled_paid"
    ORPHANED = "orphaned"
    PAID = "paid"
    NOTICED = "noticed"
    PARTLY_SHIPPED = "partly_shipped"
    SHIPPED = "shipped"
    COMPLETED = "completed"
    PAID_LATE = "paid_late"
    TRIED_TWICE = "tried_twice"
    RETURN_REQUESTED = "return_requested"
    RETURN_REJECTED = "return_rejected"
    RETURN_RECEIVED = "return_received"
    RETURNED = "returned"
    RETURNED_DAMAGED = "returned_damaged"


@dataclass(frozen=True, slots=True)
class Deal:
    """One sale: its reference, the store, the member (index in BUYERS, None: anonymous), SKUs with units, the end.

    ``cash``: paid at the counter and confirmed by finance.
    """

    ref: str
    store: str
    buyer: int | None
    lines: tuple[tuple[str, int], ...]
    end: End = End.COMPLETED
    memo: str = ""
    cash: bool = False


@dataclass(frozen=True, slots=True)
class _Sale:
    """A deal on its way: the order it became, and chance that depends on nothing but its reference."""

    deal: Deal
    order: Order
    world: World
    chance: Random

    def minutes(self, low: int, high: int) -> timedelta:
        """A pause."""
        return self.chance.randint(low, high) * MINUTE


def sale(deal: Deal, world: World) -> Story:
    """Place the order and let it go its way."""
    order = place_order(
        store_id=world.stores[deal.store],
        partner_id=None if deal.buyer is None else world.members[deal.buyer],
        items=[OrderItemInput(sku, quantity) for sku, quantity in deal.lines],
        consignee=None if deal.buyer is None else consignee_of(deal.buyer),
        memo=deal.memo,
        source_ref=deal.ref,
        actor=world.buyer(deal.buyer),
    )
    yield from _WAYS[deal.end](_Sale(deal, order, world, Random(deal.ref)))  # noqa: S311 - a story, no secret


def _wait(sale: _Sale) -> Story:
    start_payment(sale.order, cash=sale.deal.cash, actor=sale.world.buyer(sale.deal.buyer))
    yield from ()


def _expire(sale: _Sale) -> Story:
    """Nobody pays; some buyers have at least chosen how to."""
    if sale.chance.random() < 0.5:
        start_payment(sale.order, cash=sale.deal.cash, actor=sale.world.buyer(sale.deal.buyer))
    yield sale.order.expires_at - sale.order.create_time + MINUTE
    expire_order(order_id=sale.order.pk, actor=system_actor("orders.expire_unpaid"))


def _cancel(sale: _Sale) -> Story:
    yield sale.minutes(3, 9)
    cancel_order(order_id=sale.order.pk, reason="不想要了", actor=sale.world.buyer(sale.deal.buyer))


def _orphan(sale: _Sale) -> Story:
    """Cancelled while the buyer was on the provider's page: the money comes too late and goes back."""
    payment = start_payment(sale.order, cash=False, actor=sale.world.buyer(sale.deal.buyer))
    yield from _cancel(sale)
    yield 2 * MINUTE
    pay(sale.order, cash=False, world=sale.world, payment=payment)
    yield MINUTE
    pay_back(sale.order, world=sale.world)


def _paid(sale: _Sale) -> Story:
    yield sale.minutes(1, 8)
    pay(sale.order, cash=sale.deal.cash, world=sale.world)


def _cancel_paid(sale: _Sale) -> Story:
    yield from _paid(sale)
    yield sale.minutes(5, 30)
    cancel_order(order_id=sale.order.pk, reason=sale.deal.memo or "下错单了", actor=sale.world.actors["clerk"])
    if not sale.deal.cash:
        yield 2 * MINUTE
        pay_back(sale.order, world=sale.world)


def _noticed(sale: _Sale) -> Story:
    yield from _paid(sale)
    yield from _release(sale)


def _release(sale: _Sale) -> Story:
    yield sale.minutes(5, 40)
    release_to_warehouse(order_id=sale.order.pk, actor=system_actor("orders.release_paid"))


def _partly_shipped(sale: _Sale) -> Story:
    yield from _noticed(sale)
    yield sale.minutes(60, 120)
    leave(sale.order.source, sale.world, only_first=True)


def _shipped(sale: _Sale) -> Story:
    yield from _noticed(sale)
    yield from _send(sale)


def _send(sale: _Sale) -> Story:
    yield sale.minutes(180, 1200)
    leave(sale.order.source, sale.world)


def _completed(sale: _Sale) -> Story:
    yield from _shipped(sale)
    yield from _arrive(sale)


def _arrive(sale: _Sale) -> Story:
    yield sale.minutes(48 * 60, 80 * 60)
    buyer = sale.world.buyer(sale.deal.buyer)
    complete_order(order_id=sale.order.pk, actor=system_actor("orders.auto_complete") if buyer.is_machine else buyer)


def _paid_late(sale: _Sale) -> Story:
    """Expired, then paid after all while the goods were still there: the order opens again."""
    payment = start_payment(sale.order, cash=False, actor=sale.world.buyer(sale.deal.buyer))
    yield from _expire(sale)
    yield 3 * MINUTE
    pay(sale.order, cash=False, world=sale.world, payment=payment)
    yield from _release(sale)
    yield from _send(sale)
    yield from _arrive(sale)


def _tried_twice(sale: _Sale) -> Story:
    """The first try fails at the provider, the second one works."""
    fail_payment(sale.order, actor=sale.world.buyer(sale.deal.buyer))
    yield from _completed(sale)


def _return_requested(sale: _Sale) -> Story:
    yield from _completed(sale)
    yield sale.minutes(12 * 60, 36 * 60)
    _sku, units = sale.deal.lines[0]
    back = units if len(sale.deal.lines) > 1 or sale.deal.end is End.RETURNED else 1
    request_return(
        order_id=sale.order.pk,
        lines=[ReturnItemInput(1, back)],
        reason=sale.chance.choice(RETURN_REASONS),
        source_ref=f"{sale.deal.ref}-RET",
        actor=sale.world.buyer(sale.deal.buyer),
    )


def _return_id(sale: _Sale) -> int:
    return int(sale.order.returns.get().pk)


def _return_rejected(sale: _Sale) -> Story:
    yield from _return_requested(sale)
    yield sale.minutes(60, 240)
    reject_return(return_id=_return_id(sale), reason="超过七天且已使用，不予退货", actor=sale.world.actors["clerk"])


def _return_received(sale: _Sale) -> Story:
    yield from _return_requested(sale)
    yield sale.minutes(24 * 60, 48 * 60)
    receive_return(return_id=_return_id(sale), actor=sale.world.actors["warehouse"])


def _returned(sale: _Sale) -> Story:
    """Inspected: everything is good, or (``RETURNED_DAMAGED``) nothing is."""
    yield from _return_received(sale)
    yield sale.minutes(60, 240)
    return_id = _return_id(sale)
    lines = None
    if sale.deal.end is End.RETURNED_DAMAGED:
        rows = sale.order.returns.get().lines.all()
        lines = [InspectionInput(line.line_no, good=0, bad=line.quantity) for line in rows]
    inspect_return(return_id=return_id, lines=lines, actor=sale.world.actors["warehouse"])
    yield 30 * MINUTE
    pay_back(sale.order, world=sale.world)


_WAYS: Final[dict[End, Callable[[_Sale], Story]]] = {
    End.WAITING: _wait,
    End.EXPIRED: _expire,
    End.CANCELLED: _cancel,
    End.CANCELLED_PAID: _cancel_paid,
    End.ORPHANED: _orphan,
    End.PAID: _paid,
    End.NOTICED: _noticed,
    End.PARTLY_SHIPPED: _partly_shipped,
    End.SHIPPED: _shipped,
    End.COMPLETED: _completed,
    End.PAID_LATE: _paid_late,
    End.TRIED_TWICE: _tried_twice,
    End.RETURN_REQUESTED: _return_requested,
    End.RETURN_REJECTED: _return_rejected,
    End.RETURN_RECEIVED: _return_received,
    End.RETURNED: _returned,
    End.RETURNED_DAMAGED: _returned,
}
