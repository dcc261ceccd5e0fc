"""Row locks of the orders app. An order is always locked first, before any stock or money row (lock order)."""

from collections.abc import Sequence

from orders.exceptions import OrderNotFound, ReturnNotFound
from orders.models import Order, ReturnOrder
from vmi.core.rows import load


def lock_order(order_id: int) -> Order:
    """The order, locked until the end of the transaction.

    Closes the races pay/expire, pay/cancel and cancel/release: the loser reads the winner's state.
    Raises OrderNotFound.
    """
    return _only(load(Order, lock=True, pk=order_id))


def lock_order_by_sn(sn: str) -> Order:
    """The order with this number, locked as by :func:`lock_order`."""
    return _only(load(Order, lock=True, sn=sn))


def _only(found: Sequence[Order]) -> Order:
    if not found:
        raise OrderNotFound
    return found[0]


def lock_return(return_id: int) -> tuple[ReturnOrder, Order]:
    """A return with its order, the order locked first. Raises ReturnNotFound."""
    order_id = ReturnOrder.objects.filter(pk=return_id).values_list("order_id", flat=True).first()
    if order_id is None:
        raise ReturnNotFound
    order = lock_order(order_id)
    return ReturnOrder.objects.select_for_update().get(pk=return_id), order
