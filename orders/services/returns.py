"""Goods coming back: requested against what was shipped, received into inspection, or rejected (C-29)."""

from collections.abc import Mapping, Sequence

from django.db.models import F, Sum

from orders import locks
from orders.choices import FULFILMENT_MACHINE, RETURN_MACHINE, OrderAfterSale, ReturnStatus
from orders.exceptions import EmptyOrder, InvalidQuantity, NothingToReturn, ReturnStateConflict
from orders.models import GoodsItem, Order, ReturnLine, ReturnOrder
from orders.services.inputs import ReturnItemInput
from orders.services.moves import move, state_conflict
from orders.services.stock_returns import pieces_of, take_back
from vmi.core import clock
from vmi.core.actors import Actor
from vmi.core.commands import command
from vmi.events.catalogue import ObjectChanged
from vmi.events.services import record
from vmi.numbering.services import next_number
from vmi.statuses.machine import transition
from vmi.statuses.models import status_label


@command
def request_return(
    *,
    order_id: int,
    lines: Sequence[ReturnItemInput],
    reason: str = "",
    source_ref: str = "",
    actor: Actor,
) -> ReturnOrder:
    """Announce that units of a shipped order come back; at most what was shipped and not yet returned.

    Idempotent by ``source_ref`` where one is given. Raises OrderStateConflict (not shipped, or another return
    is under way) and NothingToReturn with the figures of every line that asks too much.
    """
    if source_ref:
        known = ReturnOrder.objects.filter(source_ref=source_ref).first()
        if known is not None:
            return known
    order = locks.lock_order(order_id)
    if order.fulfilment_status_id not in FULFILMENT_MACHINE.group("sent"):
        raise state_conflict(order)
    items = {item.line_no: item for item in order.items.all()}
    _check_lines(order, items, lines)

    now = clock.now()
    returned = ReturnOrder.objects.create(
        sn=next_number("returnOrder", on=now),
        order=order,
        reason=reason[:200],
        source_ref=source_ref or None,
        creater_id=actor.user_id,
        create_time=now,
        modify_time=now,
    )
    wanted = [(items[line.line_no], line.quantity) for line in lines]
    ReturnLine.objects.bulk_create(pieces_of(returned, order, wanted, actor=actor))
    move(order, to={"after_sale_status": OrderAfterSale.RETURNING}, now=now, actor=actor)

    note(returned, order, "requested", actor)
    return returned


@command
def receive_return(*, return_id: int, location_id: int | None = None, actor: Actor) -> ReturnOrder:
    """The goods are back: a stock-in for inspection, not sellable yet (inventory.md §2, row "customer return").

    They go where they came from unless ``location_id`` names another place. Receiving twice changes nothing.
    """
    returned, order = locks.lock_return(return_id)
    if returned.status_id in (ReturnStatus.RECEIVED, ReturnStatus.DONE):
        return returned
    require(returned, ReturnStatus.REQUESTED)

    now = clock.now()
    lines = list(returned.lines.select_related("item", "location").order_by("line_no"))
    take_back(returned, order, lines, location_id=location_id, actor=actor)
    _count_returned(lines)
    step(returned, ReturnStatus.RECEIVED, actor, received_at=now, modify_time=now)

    note(returned, order, "received", actor)
    return returned


@command
def reject_return(*, return_id: int, reason: str = "", actor: Actor) -> ReturnOrder:
    """Refuse a return whose goods have not come; its units may be asked for again."""
    returned, order = locks.lock_return(return_id)
    if returned.status_id == ReturnStatus.REJECTED:
        return returned
    require(returned, ReturnStatus.REQUESTED)

    now = clock.now()
    step(returned, ReturnStatus.REJECTED, actor, modify_time=now, reason=(reason or returned.reason)[:200])
    settle_after_sale(order, actor)

    note(returned, order, "rejected", actor)
    return returned


def note(returned: ReturnOrder, order: Order, action: str, actor: Actor) -> None:
    """Write a step of the return into the history of its order; inspection has an event of its own."""
    changes = {"action": action, "sn": returned.sn}
    payload = ObjectChanged(model="orders.returnorder", pk=returned.pk, changes=changes)
    record(payload, subject=order.source.subject, actor=actor)


def require(returned: ReturnOrder, status: ReturnStatus) -> None:
    """Raise ReturnStateConflict unless the return is in ``status``."""
    if returned.status_id != status:
        found = returned.state_value
        raise ReturnStateConflict(details={"sn": returned.sn, "state": found, "state_label": status_label(found)})


def step(returned: ReturnOrder, to: ReturnStatus, actor: Actor, **columns: object) -> None:
    """One step of the return's life."""
    transition(returned, to, machine=RETURN_MACHINE, actor=actor, extra=columns)


def settle_after_sale(order: Order, actor: Actor) -> None:
    """Write the returns axis from what the lines say: nothing, a part or everything came back."""
    totals = order.items.aggregate(sold=Sum(F("count") - F("cancelled_count")), back=Sum("returned_count"))
    if totals["back"] == 0:
        to = OrderAfterSale.NONE
    else:
        whole = totals["back"] == totals["sold"]
        to = OrderAfterSale.RETURNED if whole else OrderAfterSale.PARTLY_RETURNED
    move(order, to={"after_sale_status": to}, now=clock.now(), actor=actor)


def _check_lines(order: Order, items: Mapping[int, GoodsItem], lines: Sequence[ReturnItemInput]) -> None:
    if not lines:
        raise EmptyOrder(param="lines")
    if order.after_sale_status_id == OrderAfterSale.RETURNING:
        raise state_conflict(order, status=OrderAfterSale.RETURNING)
    if len({line.line_no for line in lines}) != len(lines):
        raise InvalidQuantity(param="lines")
    too_much = []
    for line in lines:
        item = items.get(line.line_no)
        left = item.kept_count - item.returned_count if item is not None else 0
        if not 1 <= line.quantity <= left:
            too_much.append({"line": line.line_no, "wanted": line.quantity, "available": left})
    if too_much:
        raise NothingToReturn(param="lines", details={"lines": too_much})


def _count_returned(lines: Sequence[ReturnLine]) -> None:
    back: dict[int, int] = {}
    for line in lines:
        back[line.item_id] = back.get(line.item_id, 0) + line.quantity
    for item_id, quantity in sorted(back.items()):
        GoodsItem.objects.filter(pk=item_id).update(returned_count=F("returned_count") + quantity)
