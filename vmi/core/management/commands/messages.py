"""``manage.py messages``: keep the Chinese catalogue in step with the code."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from vmi.core import messages

SHOWN = 40


class Command(BaseCommand):
    """Collect and compile, or only check that nothing is missing."""

    help = "Collect translatable texts into the Chinese catalogue and compile it; --check only looks."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="change nothing, fail when a text is not translated")
        parser.add_argument("--compile", action="store_true", help="only compile what is there")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["check"]:
            self._check()
        elif options["compile"]:
            messages.compile_catalogue()
        else:
            total, left = messages.update()
            messages.compile_catalogue()
            self.stdout.write(f"{total} texts, {left} to translate in {messages.PO_FILE.relative_to(messages.ROOT)}")

    def _check(self) -> None:
        faults = messages.faults()
        for fault in faults[:SHOWN]:
            self.stderr.write(str(fault))
        if faults:
            raise CommandError(f"{len(faults)} texts are not fit to be shown; run make messages and translate.")
        self.stdout.write("Translations are complete.")
