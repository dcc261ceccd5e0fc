"""The commands of the payments app."""

from orders.payments.services.callback import receive_callback
from orders.payments.services.offline import confirm_offline_payment
from orders.payments.services.open import OpenedPayment, close_payments, open_payment
from orders.payments.services.payout import confirm_refund, pay_out_refund
from orders.payments.services.refund import refund_order, request_refund
from orders.payments.services.settle import settle_payment

__all__ = [
    "OpenedPayment",
    "close_payments",
    "confirm_offline_payment",
    "confirm_refund",
    "open_payment",
    "pay_out_refund",
    "receive_callback",
    "refund_order",
    "request_refund",
    "settle_payment",
]
