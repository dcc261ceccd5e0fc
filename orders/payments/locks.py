"""Row locks of the payments app; the order is always locked before its payment and refund (lock order)."""

from orders.locks import lock_order
from orders.models import Order
from orders.payments.exceptions import PaymentNotFound, RefundNotFound
from orders.payments.models import Payment, Refund


def lock_payment(*, sn: str, provider: str) -> tuple[Payment, Order]:
    """A provider's payment and its order, both locked. Closes: two callbacks at once, callback against cancel.

    Raises PaymentNotFound.
    """
    order_id = Payment.objects.filter(sn=sn, provider=provider).values_list("order_id", flat=True).first()
    if order_id is None:
        raise PaymentNotFound
    order = lock_order(order_id)
    return Payment.objects.select_for_update().get(sn=sn), order


def lock_refund(refund_id: int) -> Refund:
    """A refund with its payment, after their order. Closes: a retry against a confirmation by hand.

    Raises RefundNotFound.
    """
    order_id = Refund.objects.filter(pk=refund_id).values_list("payment__order_id", flat=True).first()
    if order_id is None:
        raise RefundNotFound
    lock_order(order_id)
    return Refund.objects.select_for_update().select_related("payment").get(pk=refund_id)


def lock_payment_row(payment_id: int) -> Payment:
    """The payment alone, for summing its refunds; the caller holds or needs no lock of the order."""
    return Payment.objects.select_for_update().get(pk=payment_id)
