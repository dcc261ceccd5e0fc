"""``manage.py migrate_all``: bring the platform, the template and every namespace to this code's version."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from vmi.namespaces.migrating import FleetIncomplete, migrate_all, pending


class Command(BaseCommand):
    help = "Migrate the platform, the template and every namespace. Continues a run that was interrupted."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="only say what is pending; exit 1 if anything is")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["check"]:
            self._check()
            return
        try:
            done = migrate_all(self._report if options["verbosity"] else None)
        except FleetIncomplete as error:
            lines = [f"{schema}: {reason}" for schema, reason in error.failed.items()]
            raise CommandError("Some namespaces were not migrated:\n" + "\n".join(lines)) from error
        if options["verbosity"]:
            self.stdout.write(f"{len(done)} schemas migrated" if done else "every schema is up to date")

    def _report(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()

    def _check(self) -> None:
        schemas = pending()
        if schemas:
            raise CommandError("Pending: " + ", ".join(schemas))
        self.stdout.write("every schema is up to date")
