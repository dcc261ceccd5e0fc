"""``inspect_return``: good units become sellable again, bad ones stay locked, the buyer gets the money."""

from collections.abc import Sequence
from decimal import Decimal

from inventory.services import InspectLine
from inventory.services import inspect_return as inspect_stock
from orders import locks
from orders.choices import ReturnStatus
from orders.exceptions import InspectionMismatch, RefundTooLarge
from orders.models import ReturnLine, ReturnOrder
from orders.services.inputs import InspectionInput
from orders.services.returns import require, settle_after_sale, step
from vmi.core import clock
from vmi.core.actors import Actor
from vmi.core.commands import command
from vmi.core.money import quantize
from vmi.events.catalogue import OrderReturned
from vmi.events.services import record


@command
def inspect_return(
    *,
    return_id: int,
    lines: Sequence[InspectionInput] | None = None,
    refund_amount: Decimal | None = None,
    actor: Actor,
) -> ReturnOrder:
    """Close the inspection; without ``lines`` everything is good, without ``refund_amount`` all of it is refunded.

    The payments app refunds and the credits app takes its points back when they hear ``OrderReturned``.
    Inspecting twice changes nothing. Raises InspectionMismatch, RefundTooLarge, ReturnStateConflict.
    """
    returned, order = locks.lock_return(return_id)
    if returned.status_id == ReturnStatus.DONE:
        return returned
    require(returned, ReturnStatus.RECEIVED)
    rows = list(returned.lines.order_by("line_no"))
    found = _match(rows, lines)
    refund = _refund(rows, refund_amount)

    now = clock.now()
    inspect_stock(
        source=returned.source,
        lines=[InspectLine(row.line_no, row.good, row.bad) for row in found],
        actor=actor,
    )
    ReturnLine.objects.bulk_update(found, ["good", "bad"])
    step(returned, ReturnStatus.DONE, actor, inspected_at=now, modify_time=now, refund_amount=refund)
    settle_after_sale(order, actor)

    payload = OrderReturned(order.pk, order.sn, returned.sn, order.customer_id, str(refund))
    record(payload, subject=order.source.subject, actor=actor)
    return returned


def _match(rows: Sequence[ReturnLine], lines: Sequence[InspectionInput] | None) -> list[ReturnLine]:
    if lines is None:
        lines = [InspectionInput(row.line_no, row.quantity, 0) for row in rows]
    given = {line.line_no: line for line in lines}
    if len(given) != len(lines) or set(given) != {row.line_no for row in rows}:
        raise InspectionMismatch(param="lines")
    for index, row in enumerate(rows):
        line = given[row.line_no]
        if line.good < 0 or line.bad < 0 or line.good + line.bad != row.quantity:
            raise InspectionMismatch(param=f"lines[{index}]", details={"line": row.line_no, "received": row.quantity})
        row.good, row.bad = line.good, line.bad
    return list(rows)


def _refund(rows: Sequence[ReturnLine], wanted: Decimal | None) -> Decimal:
    value = sum((row.amount for row in rows), Decimal(0))
    if wanted is None:
        return value
    if not 0 <= wanted <= value:
        raise RefundTooLarge(param="refundAmount", details={"wanted": str(wanted), "value": str(value)})
    return quantize(wanted)
