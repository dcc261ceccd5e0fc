"""Named reads of payments and refunds."""

from datetime import datetime
from typing import Any

from orders.payments.choices import REFUND_STATE_MACHINE, PaymentState, RefundState
from orders.payments.exceptions import PaymentNotFound
from orders.payments.models import Payment, Refund
from vmi.core.db import fetch_all

SWEEP_BATCH = 200
"""Most refunds one run tries."""


def get_payment(sn: str) -> Payment:
    """The payment with its order; raises PaymentNotFound."""
    payment = Payment.objects.select_related("order").filter(sn=sn).first()
    if payment is None:
        raise PaymentNotFound
    return payment


def due_refund_ids(now: datetime, limit: int = SWEEP_BATCH) -> list[int]:
    """Refunds whose next attempt is due, longest waiting first."""
    due = Refund.objects.filter(state_id__in=REFUND_STATE_MACHINE.group("due"), next_attempt_at__lte=now)
    return list(due.order_by("next_attempt_at", "id").values_list("id", flat=True)[:limit])


def money_that_disagrees() -> list[dict[str, Any]]:
    """Orders whose paid or refunded amount is not the sum of their settled payments and refunds (C7)."""
    rows = fetch_all(
        """
        SELECT o.sn, o.paid_amount, o.refunded_amount, COALESCE(p.paid, 0) AS paid, COALESCE(r.refunded, 0) AS refunded
          FROM orders_order o
          LEFT JOIN (SELECT order_id, SUM(amount) AS paid FROM payments_payment
                      WHERE state_id = %(payment_settled)s AND NOT is_orphan GROUP BY order_id) p ON p.order_id = o.id
          LEFT JOIN (SELECT p.order_id, SUM(f.amount) AS refunded
                       FROM payments_refund f JOIN payments_payment p ON p.id = f.payment_id
                      WHERE f.state_id = %(refund_settled)s AND NOT p.is_orphan
                      GROUP BY p.order_id) r ON r.order_id = o.id
         WHERE o.paid_amount <> COALESCE(p.paid, 0) OR o.refunded_amount <> COALESCE(r.refunded, 0)
         ORDER BY o.sn
        """,
        {"payment_settled": int(PaymentState.SETTLED), "refund_settled": int(RefundState.SETTLED)},
    )
    return [
        {
            "sn": row["sn"],
            "expected": f"{row['paid']}/{row['refunded']}",
            "found": f"{row['paid_amount']}/{row['refunded_amount']}",
        }
        for row in rows
    ]
