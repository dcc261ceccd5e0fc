"""``manage.py replay_sales FILE``: play a retail sales file through the product and prove the ledgers."""

from argparse import ArgumentParser, ArgumentTypeError
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import IO, Any, Final, cast

from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError
from rich.console import Console

from orders.replay.progress import Bar, Lines
from orders.replay.run import BATCH, COVER_MAX, Options, replay
from orders.replay.summary import findings_of, print_summary
from vmi.core.exceptions import DomainError

WIDTH: Final = 120
"""Columns of the summary where there is no terminal."""


class Command(BaseCommand):
    """Reads .csv or .csv.gz with the columns InvoiceNo, StockCode, Description, Quantity, InvoiceDate, UnitPrice,
    CustomerID, Country; exit code 1 when the file is unreadable or a proof fails.
    """

    help = "Play a retail sales file through the same commands as the API. Running it again changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The file, the namespace (opened if missing), and how much stock there is at the start."""
        parser.add_argument("file", type=Path, metavar="FILE", help=".csv or .csv.gz")
        parser.add_argument("--namespace", default="sales", help="opened if missing: GBP, Europe/London, English")
        parser.add_argument(
            "--cover",
            type=_cover,
            default=Decimal(1),
            help="opening stock per article as a share of the file's sales, rounded down (default 1.0)",
        )
        parser.add_argument("--limit", type=_positive, help="only the first N invoices in time order")
        parser.add_argument("--batch", type=_positive, default=BATCH, help="invoices per transaction")

    def handle(self, *args: Any, **options: Any) -> None:
        """Replay, print the summary, fail when a proof does."""
        is_terminal = self.stdout.isatty()
        console = Console(file=cast("IO[str]", self.stdout), width=None if is_terminal else WIDTH)
        chosen = Options(options["namespace"], options["cover"], options["limit"], options["batch"])
        progress = Bar(console) if is_terminal else Lines(self.stdout.write)
        try:
            with progress:
                outcome = replay(options["file"], chosen, progress)
        except DomainError as error:
            raise CommandError(f"{options['file']}: {error}") from error
        except OperationalError as error:
            # A lock held too long, a lost connection: the open transaction is gone, everything before it stays.
            raise CommandError(f"the database gave up, run the command again and it goes on: {error}") from error
        print_summary(outcome, console)
        if failed := findings_of(outcome):
            raise CommandError(f"the ledgers do not agree: {', '.join(failed)}")


def _cover(text: str) -> Decimal:
    try:
        cover = Decimal(text)
    except InvalidOperation:
        raise ArgumentTypeError(f"{text!r} is not a number") from None
    if not cover.is_finite() or not 0 <= cover <= COVER_MAX:
        raise ArgumentTypeError(f"{text} is not between 0 and {COVER_MAX}")
    return cover


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise ArgumentTypeError(f"{text!r} is not a number above 0")
    return int(text)
