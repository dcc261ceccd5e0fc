"""``manage.py prepare``: everything between an empty database and a running demo; repeatable, resumable."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

DEMO_SCHEMA = "demo"
DEMO_HOST = "demo.localhost"


class Command(BaseCommand):
    """Migrate every schema, make the first operator, open the demo namespace and load its data."""

    help = "Migrate, open the namespace demo and load its data; does nothing where it is done already."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--no-demo", action="store_true", help="only migrate")

    def handle(self, *args: Any, **options: Any) -> None:
        Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
        self._say("Migrating")
        call_command("migrate_all", verbosity=0)
        # A real server's passwords are random and shown once; those of the embedded one everybody knows.
        call_command("ensure_operator", verbosity=0 if settings.EMBEDDED_DATABASE else 1)
        if options["no_demo"]:
            return
        self._say("Opening the namespace demo")
        call_command("open_namespace", DEMO_SCHEMA, domain=DEMO_HOST, name="示范", verbosity=0)
        self._say("Loading the demo data")
        call_command("load_demo", namespace=DEMO_SCHEMA, verbosity=options["verbosity"])

    def _say(self, text: str) -> None:
        self.stdout.write(f"          {text}")
        self.stdout.flush()
