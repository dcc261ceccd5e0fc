"""What payments do when orders report: give money back, close what will not be paid."""

from decimal import Decimal

from orders.payments.choices import RefundReason
from orders.payments.services import close_payments, refund_order
from vmi.events.catalogue import OrderCancelled, OrderPartlyCancelled, OrderReturned, OrderShortened
from vmi.events.registry import DeliveredEvent, subscribe
from vmi.namespaces.tasks import delay_in_namespace, task_named

PAY_OUT_TASK = "payments.retry_refunds"
"""The sweep that talks to the providers; handlers know it by name, because they stand beside it."""


@subscribe(OrderCancelled, name="payments.settle_cancelled")
def settle_cancelled(event: DeliveredEvent[OrderCancelled]) -> None:
    """An order was cancelled or expired: refund what was paid, close what is open."""
    cancelled = event.payload
    close_payments(order_id=cancelled.order_id, actor=event.actor)
    if cancelled.paid:
        refund_order(
            order_id=cancelled.order_id,
            amount=None,
            reason=RefundReason.CANCELLED,
            cause_ref=cancelled.sn,
            actor=event.actor,
        )
        delay_in_namespace(task_named(PAY_OUT_TASK))


@subscribe(OrderReturned, name="payments.refund_return")
def refund_return(event: DeliveredEvent[OrderReturned]) -> None:
    """Goods came back and were inspected: refund what the inspection decided."""
    returned = event.payload
    refund_order(
        order_id=returned.order_id,
        amount=Decimal(returned.amount),
        reason=RefundReason.RETURNED,
        cause_ref=returned.return_sn,
        actor=event.actor,
    )
    delay_in_namespace(task_named(PAY_OUT_TASK))


@subscribe(OrderPartlyCancelled, name="payments.refund_rest")
def refund_rest(event: DeliveredEvent[OrderPartlyCancelled]) -> None:
    """The warehouse held a part of a called off order back: refund its value."""
    cancelled = event.payload
    refund_order(
        order_id=cancelled.order_id,
        amount=Decimal(cancelled.amount),
        reason=RefundReason.CANCELLED,
        cause_ref=cancelled.sn,
        actor=event.actor,
    )
    delay_in_namespace(task_named(PAY_OUT_TASK))


@subscribe(OrderShortened, name="payments.refund_lost")
def refund_lost(event: DeliveredEvent[OrderShortened]) -> None:
    """Some goods of a paid order will not come: refund their value."""
    shortened = event.payload
    refund_order(
        order_id=shortened.order_id,
        amount=Decimal(shortened.amount),
        reason=RefundReason.UNAVAILABLE,
        cause_ref=shortened.refund_ref,
        actor=event.actor,
    )
    delay_in_namespace(task_named(PAY_OUT_TASK))


def load() -> None:
    """Importing this module subscribed its handlers; called by the app's configuration."""
