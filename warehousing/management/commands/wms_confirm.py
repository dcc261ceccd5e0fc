"""Play the warehouse system: confirm a ship notice by a signed webhook, and show how to do it with curl."""

import json
import shlex
import time
import urllib.error
import urllib.request
import uuid
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django_tenants.utils import get_tenant_model

from vmi.core.own_server import own_address
from vmi.core.signing import ID_HEADER, SIGNATURE_HEADER, TIMESTAMP_HEADER, sign
from vmi.core.tenancy import run_in_namespace
from warehousing.models import ShipNotice, WmsConnection
from warehousing.wms.base import OUTBOUND_CONFIRMED

TIMEOUT_S = 20


class Command(BaseCommand):
    """``manage.py wms_confirm --namespace demo --notice SN-…``: everything still open has left."""

    help = "Confirm a ship notice as its warehouse system would: a signed webhook, and the same call as curl."

    def add_arguments(self, parser: CommandParser) -> None:
        """The notice and where the server is."""
        parser.add_argument("--namespace", default="demo", help="schema of the namespace (default: demo)")
        parser.add_argument("--notice", required=True, help="number of the ship notice")
        parser.add_argument("--company", default="SF Express", help="carrier")
        parser.add_argument("--tracking", default="", help="tracking number (default: made from the notice)")
        parser.add_argument(
            "--url", default=own_address(), help="where the server listens (default: port PORT, else 8000)"
        )
        parser.add_argument("--print-only", action="store_true", help="only print the curl command")

    def handle(self, *args: Any, **options: Any) -> None:
        """Sign, print, post."""
        schema = options["namespace"]
        namespace = get_tenant_model().objects.filter(schema_name=schema).first()
        if namespace is None:
            raise CommandError(f"there is no namespace {schema!r}")
        host = namespace.get_primary_domain().domain
        with run_in_namespace(schema):
            connection, body = _call(options["notice"], options["company"], options["tracking"])
        path = f"/api/v1/warehousing/wms/{connection.code}/events/"
        headers = _headers(connection.secret, body)
        url = options["url"].rstrip("/") + path
        self.stdout.write(_curl(url, {"Host": host, **headers}, body))
        if not options["print_only"]:
            self.stdout.write(_post(url, {"Host": host, **headers}, body))


def _call(sn: str, company: str, tracking: str) -> tuple[WmsConnection, bytes]:
    notice = ShipNotice.objects.filter(sn=sn).first()
    if notice is None:
        raise CommandError(f"there is no ship notice {sn!r}")
    connection = WmsConnection.objects.filter(warehouse_id=notice.warehouse_id).exclude(secret="").first()
    if connection is None:
        raise CommandError("the warehouse of this notice has no WMS connection with a secret")
    lines: dict[int, int] = {}
    for line in notice.lines.order_by("line_no", "pk"):
        lines[line.line_no] = lines.get(line.line_no, 0) + line.open_quantity
    event = {
        "eventId": f"cli-{uuid.uuid4()}",
        "occurredAt": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "type": OUTBOUND_CONFIRMED,
        "noticeSn": notice.sn,
        "company": company,
        "trackingNo": tracking or f"T-{notice.sn}",
        "lines": [{"lineNo": number, "quantity": units} for number, units in lines.items() if units],
    }
    if not event["lines"]:
        raise CommandError("everything of this notice has left already")
    return connection, json.dumps({"events": [event]}, ensure_ascii=False).encode()


def _headers(secret: str, body: bytes) -> dict[str, str]:
    message_id, timestamp = f"msg_{uuid.uuid4().hex}", int(time.time())
    return {
        "Content-Type": "application/json",
        ID_HEADER: message_id,
        TIMESTAMP_HEADER: str(timestamp),
        SIGNATURE_HEADER: sign(secret, message_id, timestamp, body),
    }


def _curl(url: str, headers: dict[str, str], body: bytes) -> str:
    parts = ["curl", "-X", "POST", url]
    for name, value in headers.items():
        parts += ["-H", f"{name}: {value}"]
    return shlex.join([*parts, "--data-binary", body.decode()])


def _post(url: str, headers: dict[str, str], body: bytes) -> str:
    if not url.startswith(("http://", "https://")):
        raise CommandError("--url must begin with http:// or https://")
    request = urllib.request.Request(url, data=body, headers=headers, method="POST")  # noqa: S310 - checked above
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:  # noqa: S310 - checked above
            return str(answer.read().decode())
    except urllib.error.HTTPError as error:
        raise CommandError(f"HTTP {error.code}: {error.read().decode('utf-8', 'replace')}") from error
    except OSError as error:
        raise CommandError(f"the server does not answer at {url} (another port? --url): {error}") from error
