"""``manage.py pay_dev``: play the development payment provider from the command line."""

import shlex
import urllib.error
import urllib.request
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django_tenants.utils import get_tenant_model

from orders.payments.exceptions import PaymentNotFound
from orders.payments.gateways.base import Outcome
from orders.payments.gateways.development import CODE, SignedMessage, signed_callback
from orders.payments.selectors import get_payment
from orders.payments.services.open import request_of
from vmi.core import clock
from vmi.core.own_server import own_address
from vmi.core.tenancy import run_in_namespace

PATH = f"/api/v1/payments/callbacks/{CODE}/"
TIMEOUT_S = 30


class Command(BaseCommand):
    """Print the signed callback of a payment as a curl call, or send it."""

    help = "Print the signed callback of a development payment as a curl call; with --send, send it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The payment, and where the server answers."""
        parser.add_argument("--namespace", required=True)
        parser.add_argument("--payment", required=True, help="number of the payment, PAY-…")
        parser.add_argument("--fail", action="store_true", help="the provider reports a failure")
        parser.add_argument("--send", action="store_true", help="send it instead of printing")
        parser.add_argument(
            "--url", default=own_address(), help="where the server answers (default: port PORT, else 8000)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Sign in the namespace, then print or send."""
        if not settings.DEVELOPMENT_GATEWAY:
            raise CommandError("The development gateway is switched off here (DEVELOPMENT_GATEWAY).")
        namespace = get_tenant_model().objects.filter(schema_name=options["namespace"]).first()
        if namespace is None:
            raise CommandError(f"There is no namespace {options['namespace']}.")
        outcome = Outcome.FAILED if options["fail"] else Outcome.SETTLED
        with run_in_namespace(namespace.schema_name):
            try:
                payment = get_payment(options["payment"])
            except PaymentNotFound as error:
                raise CommandError(f"There is no payment {options['payment']} in {namespace.schema_name}.") from error
            message = signed_callback(request_of(payment, payment.order), outcome=outcome, at=clock.now())
        host = str(namespace.get_primary_domain().domain)
        if options["send"]:
            self._send(options["url"], host, message)
        else:
            self.stdout.write(curl_call(options["url"], host, message))

    def _send(self, url: str, host: str, message: SignedMessage) -> None:
        headers = {"Content-Type": "application/json", "Host": host, **message.headers}
        request = urllib.request.Request(f"{url}{PATH}", data=message.body, headers=headers, method="POST")  # noqa: S310
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:  # noqa: S310 - the operator's own server
                self.stdout.write(answer.read().decode())
        except urllib.error.HTTPError as refused:
            raise CommandError(refused.read().decode()) from refused
        except OSError as error:
            raise CommandError(f"Nobody answers at {url}: {error}") from error


def curl_call(url: str, host: str, message: SignedMessage) -> str:
    """The callback as a shell line."""
    headers = {"Host": host, "Content-Type": "application/json", **message.headers}
    parts = ["curl", "-sS", "-X", "POST", f"{url}{PATH}"]
    for name, value in headers.items():
        parts += ["-H", f"{name}: {value}"]
    return shlex.join([*parts, "--data", message.body.decode()])
