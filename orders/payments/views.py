"""The hosted page of the development gateway: what a real provider would show on its own site."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from orders.payments.choices import PaymentState
from orders.payments.exceptions import PaymentNotFound
from orders.payments.gateways.base import Outcome
from orders.payments.gateways.development import CODE, signed_callback
from orders.payments.models import Payment
from orders.payments.selectors import get_payment
from orders.payments.services import receive_callback
from orders.payments.services.open import request_of
from orders.tasks import release_paid
from vmi.core import clock
from vmi.namespaces.tasks import delay_in_namespace


@require_http_methods(["GET", "POST"])
def development_payment(request: HttpRequest, sn: str) -> HttpResponse:
    """Show the payment; a button plays the provider: it signs a callback and hands it to the callback's own code.

    Whoever knows the number may press it, as with a real provider's page; no real money moves here.
    """
    payment = _payment(sn)
    if request.method == "POST":
        outcome = Outcome.FAILED if "fail" in request.POST else Outcome.SETTLED
        message = signed_callback(request_of(payment, payment.order), outcome=outcome, at=clock.now())
        receive_callback(provider=CODE, headers=message.headers, body=message.body)
        delay_in_namespace(release_paid)
        return redirect("development-payment", sn=sn)
    open_now = payment.state_id == PaymentState.CREATED
    return render(request, "payments/development.html", {"payment": payment, "is_open": open_now})


def _payment(sn: str) -> Payment:
    try:
        # A number with a NUL cannot be asked for.
        payment = get_payment(sn) if settings.DEVELOPMENT_GATEWAY and "\x00" not in sn else None
    except PaymentNotFound:
        payment = None
    if payment is None or payment.provider != CODE:
        raise Http404
    return payment
