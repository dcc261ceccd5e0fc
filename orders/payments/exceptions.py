"""The refusals of payments and refunds."""

from django.utils.translation import gettext_lazy as _

from vmi.core.exceptions import Conflict, InvalidRequest, InvalidTransition, NotFound


class PaymentNotFound(NotFound):
    """No such payment for this caller."""

    code = "payment_not_found"
    default_message = _("The payment does not exist.")


class RefundNotFound(NotFound):
    """No such refund for this caller."""

    code = "refund_not_found"
    default_message = _("The refund does not exist.")


class UnknownProvider(InvalidRequest):
    """The provider is not configured here."""

    code = "unknown_provider"
    default_message = _("This payment provider is not available.")


class NotPayable(InvalidTransition):
    """The order cannot be paid: paid already, cancelled, or expired."""

    code = "order_not_payable"
    default_message = _("The order cannot be paid.")


class CallbackMismatch(InvalidRequest):
    """A provider message contradicts the payment: amount, currency, order or provider number (R07)."""

    code = "callback_mismatch"
    default_message = _("The message contradicts the payment.")


class CallbackMalformed(InvalidRequest):
    """A provider message that cannot be read."""

    code = "callback_malformed"
    default_message = _("The message cannot be read.")


class ProviderNumberTaken(Conflict):
    """The provider's number settled another payment before."""

    code = "provider_number_taken"
    default_message = _("This provider number settled another payment before.")


class RefundExceedsPayment(Conflict):
    """All refunds together would exceed what was paid."""

    code = "refund_exceeds_payment"
    default_message = _("The refunds would exceed the payment.")


class GatewayUnavailable(Exception):
    """The provider could not be reached or refused for now; the same request may be repeated."""
