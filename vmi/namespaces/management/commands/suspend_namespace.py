"""``manage.py suspend_namespace demo`` and, with ``--resume``, the way back."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from vmi.core.exceptions import DomainError
from vmi.namespaces.services import resume_namespace, suspend_namespace


class Command(BaseCommand):
    help = "Close a namespace to requests and jobs, or let it answer again."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("schema_name")
        parser.add_argument("--resume", action="store_true", help="let it answer again")

    def handle(self, *args: Any, **options: Any) -> None:
        switch = resume_namespace if options["resume"] else suspend_namespace
        try:
            namespace = switch(schema_name=options["schema_name"])
        except DomainError as error:
            raise CommandError(f"{options['schema_name']}: {error}") from error
        self.stdout.write(f"{namespace.schema_name}: {namespace.state}")
