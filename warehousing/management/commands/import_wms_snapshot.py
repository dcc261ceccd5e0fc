"""Import a warehouse system's stock from a file."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from vmi.core.actors import system_actor
from vmi.core.tenancy import run_in_namespace
from warehousing.models import WmsConnection
from warehousing.services import take_stock_of
from warehousing.wms.inbound import BadEventError


class Command(BaseCommand):
    """``manage.py import_wms_snapshot stock.json --connection wms-sh``: compare it with ours and book differences."""

    help = "Compare a warehouse system's stock (JSON: seq, takenAt, complete, rows) with ours and book what differs."

    def add_arguments(self, parser: CommandParser) -> None:
        """The file and whose it is."""
        parser.add_argument("file", help="JSON as posted to …/wms/<connection>/snapshot/, of any length")
        parser.add_argument("--namespace", default="demo", help="schema of the namespace (default: demo)")
        parser.add_argument("--connection", required=True, help="code of the WMS connection")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read, compare, tell."""
        try:
            document = json.loads(Path(options["file"]).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise CommandError(f"cannot read {options['file']}: {error}") from error
        with run_in_namespace(options["namespace"]):
            found = WmsConnection.objects.filter(code=options["connection"]).first()
            if found is None:
                raise CommandError(f"there is no WMS connection {options['connection']!r}")
            try:
                answer = take_stock_of(
                    connection_id=found.pk, document=document, actor=system_actor("import_wms_snapshot")
                )
            except BadEventError as bad:
                raise CommandError(str(bad)) from bad
        self.stdout.write(
            f"{answer.state}: {answer.rows} rows, {answer.applied} booked, {answer.explained} on their way out, "
            f"{answer.review} to review, {answer.unknown} unknown"
        )
