"""Moving an order along its axes: one conditional UPDATE per command, whatever the number of axes."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.functional import lazy
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from orders.choices import (
    AFTER_SALE_MACHINE,
    FULFILMENT_MACHINE,
    ORDER_MACHINE,
    PAYMENT_MACHINE,
    OrderStatus,
)
from orders.exceptions import OrderStateConflict
from orders.models import Order
from vmi.core.actors import Actor
from vmi.core.states import Machine
from vmi.statuses.machine import refusal, transition
from vmi.statuses.models import status_label

_label = lazy(status_label, str)

_MACHINES: dict[str, Machine] = {
    "status": ORDER_MACHINE,
    "payment_status": PAYMENT_MACHINE,
    "fulfilment_status": FULFILMENT_MACHINE,
    "after_sale_status": AFTER_SALE_MACHINE,
}


def move(order: Order, *, to: Mapping[str, int], now: datetime, actor: Actor, **columns: Any) -> None:
    """Take ``order`` to the states ``to`` (axis → state) and set ``columns``, in one statement.

    Every axis is checked against its machine; the first is the one compared-and-set (the order is locked,
    so the others cannot have moved). Raises InvalidTransition.
    """
    first, *others = to
    extra: dict[str, Any] = {"modify_time": now, **columns}
    for axis in others:
        machine, before = _MACHINES[axis], getattr(order, f"{axis}_id")
        if not machine.allows(before, to[axis]):
            raise refusal(order, before, to[axis], machine)
        extra[f"{axis}_id"] = int(to[axis])

    transition(order, to[first], field=first, machine=_MACHINES[first], actor=actor, extra=extra)


def state_of(order: Order, axis: str) -> int:
    """Where the order stands on an axis."""
    return int(getattr(order, f"{axis}_id"))


def state_conflict(order: Order, *, status: int | None = None) -> OrderStateConflict:
    """The refusal of a step that came too late, naming the state that was found (R08)."""
    found = state_of(order, "status") if status is None else status
    if found == OrderStatus.OPEN:
        found = state_of(order, "fulfilment_status" if order.paid_amount else "payment_status")
    return OrderStateConflict(
        format_lazy(_("Order {sn} is “{state}”; this step is not possible."), sn=order.sn, state=_label(found)),
        details={"sn": order.sn, "state": found, "state_label": status_label(found)},
    )
