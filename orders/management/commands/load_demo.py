"""``manage.py load_demo``: fill the namespace ``demo`` with a small Chinese trade and prove its ledgers."""

import logging
from argparse import ArgumentParser
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError

from orders.demo.load import Loaded, load_demo
from orders.models import Order, ReturnOrder
from vmi.core.exceptions import DomainError
from vmi.core.tenancy import run_in_namespace

TITLES: Final = {
    "people": "People and logins",
    "catalogue": "Brands, categories, products",
    "members": "Members, levels, credits",
    "places": "Warehouses, racks, owners",
    "shops": "Stores and listings",
    "samples": "Opening stock and sample documents",
    "trade": "Two weeks of trade",
    "quotas": "Quotas of pools and channels",
    "supply": "Goods on their way",
    "proof": "Proving the ledgers",
}

STEPS: Final = 4
"""Lines a long chapter prints at most."""


class Command(BaseCommand):
    """Idempotent; a run that was killed goes on where it stopped. Exit code 1 when a proof fails."""

    help = "Load the demo data through the same commands as the API. Running it again changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--namespace", default="demo", help="an open, empty namespace (default: demo)")

    def handle(self, *args: Any, **options: Any) -> None:
        self._shown: dict[str, int] = {}
        self._is_quiet = options["verbosity"] == 0
        schema = options["namespace"]
        # Two of the demo's warehouse messages are wrong on purpose; a refused connection of the broker is no news here.
        logging.disable(logging.WARNING)
        try:
            loaded = load_demo(schema, self._report)
        except DomainError as error:
            raise CommandError(f"{schema}: {error} {error.details or ''}".strip()) from error
        finally:
            logging.disable(logging.NOTSET)
        if not self._is_quiet:
            self._summary(schema, loaded)

    def _report(self, chapter: str, done: int, total: int) -> None:
        """The beginning of every chapter, and each quarter of the long ones."""
        step = done * STEPS // total if total > 1 else 0
        if self._is_quiet or self._shown.get(chapter, -1) >= step:
            return
        self._shown[chapter] = step
        self._say(f"{TITLES[chapter]}: {done} of {total}" if total > 1 else f"{TITLES[chapter]} …")

    def _summary(self, schema: str, loaded: Loaded) -> None:
        if loaded.report is None:
            self._say(f"The demo data of {schema} are complete; nothing was changed")
            return
        with run_in_namespace(schema):
            orders, returns = Order.objects.count(), ReturnOrder.objects.count()
        self._say(f"{orders} orders, {returns} returns; {len(loaded.report.proofs)} proofs agree")
        if loaded.logins:
            self._say("Logins: " + ", ".join(f"{login.username} / {login.password}" for login in loaded.logins))

    def _say(self, text: str) -> None:
        self.stdout.write(f"          {text}")
        self.stdout.flush()
