"""``manage.py open_namespace demo --domain demo.localhost``: open a namespace, or continue an opening."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from vmi.core.exceptions import DomainError
from vmi.namespaces.choices import OpeningStep
from vmi.namespaces.services import open_namespace


class Command(BaseCommand):
    help = "Open a namespace from the template. Calling it again continues or confirms."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("schema_name", help="small letters, digits, underscores; never used again")
        parser.add_argument("--domain", required=True, help="host name without port, for example demo.localhost")
        parser.add_argument("--name", help="name for people; the schema name if missing")
        parser.add_argument("--currency", default="CNY")
        parser.add_argument("--time-zone", default="Asia/Shanghai")
        parser.add_argument("--language", default="zh-hans")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            namespace = open_namespace(
                schema_name=options["schema_name"],
                name=options["name"] or options["schema_name"],
                domain=options["domain"],
                currency=options["currency"],
                time_zone=options["time_zone"],
                language=options["language"],
                progress=self._report if options["verbosity"] else None,
            )
        except DomainError as error:
            where = f" ({error.param})" if error.param else ""
            raise CommandError(f"{error}{where}") from error
        if options["verbosity"]:
            self.stdout.write(f"{namespace.schema_name}: {namespace.state}")
            self.stdout.write(f"somebody who can sign in: manage.py make_administrator {namespace.schema_name}")

    def _report(self, step: OpeningStep) -> None:
        self.stdout.write(f"{int(step)}/{int(OpeningStep.CHECKED)} {step.name.lower()}")
        self.stdout.flush()
