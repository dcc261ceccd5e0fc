"""Stock told by warehouse systems: by webhook, by poll, from a file."""

import json
import threading
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from inventory.models import WmsSnapshot
from tests.factories.inventory import Stock, make_stock
from vmi.core.actors import system_actor
from vmi.core.signing import signed_headers, verify
from warehousing.models import WmsConnection
from warehousing.selectors import locations_by_id, owners_by_id
from warehousing.services import connect_wms, poll_due_stock, update_connection

ACTOR = system_actor()
SECRET = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="


@pytest.fixture(autouse=True)
def _loopback(settings: Any) -> None:
    settings.WMS_LOOPBACK_ALLOWED = True


def _connected(stock: Stock, **more: Any) -> WmsConnection:
    return connect_wms(warehouse_id=stock.warehouse_id, code="wms-pic", secret=SECRET, actor=ACTOR, **more)


def _document(stock: Stock, quantity: int, **more: Any) -> dict[str, Any]:
    row = {
        "sku": stock.sku,
        "owner": owners_by_id([stock.owner_id])[stock.owner_id].code,
        "location": locations_by_id([stock.location_id])[stock.location_id].code,
        "quantity": quantity,
    }
    return {"seq": 7, "takenAt": datetime.now(tz=UTC).isoformat(), "rows": [row], **more}


def _call(client: Any, document: Any, *, secret: str = SECRET) -> Any:
    body = json.dumps(document).encode()
    headers = signed_headers(secret, "msg_1", body, at=datetime.now(tz=UTC))
    path = "/api/v1/warehousing/wms/wms-pic/snapshot/"
    return client.post(path, data=body, content_type="application/json", headers=headers)


def test_a_signed_picture_is_compared_at_once(api_for: Any) -> None:
    stock = make_stock(20)
    _connected(stock)

    answer = _call(api_for(), _document(stock, 17))

    assert answer.status_code == 200
    assert answer.json() == {
        "seq": 7,
        "state": "applied",
        "rows": 1,
        "applied": 1,
        "explained": 0,
        "review": 0,
        "unknown": 0,
    }
    assert stock.logical.physical_base_qty == 17


def test_a_picture_with_a_wrong_signature_changes_nothing(api_for: Any) -> None:
    stock = make_stock(20)
    _connected(stock)

    answer = _call(api_for(), _document(stock, 17), secret="whsec_" + "eA==" * 10)

    assert answer.status_code == 401
    assert stock.logical.physical_base_qty == 20


@pytest.mark.parametrize(
    ("change", "param"),
    [
        ({"seq": "7"}, "seq"),
        ({"takenAt": "yesterday"}, "takenAt"),
        ({"rows": []}, "rows"),
        ({"more": 1}, "more"),
        ({"rows": [{"sku": "A", "owner": "B", "location": "C", "quantity": -1}]}, "rows[0].quantity"),
        ({"rows": [{"sku": "A", "owner": "B", "location": "C", "quantity": 1, "quality": "good"}]}, "rows[0].quality"),
    ],
)
def test_an_unreadable_picture_names_the_field(api_for: Any, change: dict[str, Any], param: str) -> None:
    stock = make_stock(20)
    _connected(stock)

    answer = _call(api_for(), _document(stock, 17, **change))

    assert (answer.status_code, answer.json()["error"]["param"]) == (400, param)
    assert not WmsSnapshot.objects.exists()


class _Stock:
    """A system on loopback that tells its stock to whoever signs the question."""

    def __init__(self, answer: bytes) -> None:
        asked: list[str] = []

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                headers = {name.lower(): value for name, value in self.headers.items()}
                asked.append(verify([SECRET], headers, b"", now=datetime.now(tz=UTC)))
                self.send_response(200)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the parent's name
                """Quiet."""

        self.asked = asked
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}/stock"


def _polled(stock: Stock, answer: bytes) -> tuple[WmsConnection, _Stock]:
    system = _Stock(answer)
    connection = _connected(stock, mode="http", endpoint=system.url)
    changes = {"stock_url": system.url, "poll_minutes": 15, "figures": "net"}
    return update_connection(connection_id=connection.pk, changes=changes, actor=ACTOR), system


def test_a_system_is_asked_when_its_time_has_come() -> None:
    stock = make_stock(20)
    connection, system = _polled(stock, json.dumps(_document(stock, 18)).encode())

    assert (poll_due_stock(), poll_due_stock()) == (1, 0)

    assert len(system.asked) == 1
    assert stock.logical.physical_base_qty == 18
    connection.refresh_from_db()
    assert connection.poll_error == ""
    assert connection.next_poll_at is not None
    assert WmsSnapshot.objects.get().is_net is True


def test_an_answer_that_cannot_be_read_is_noted() -> None:
    stock = make_stock(20)
    connection, _system = _polled(stock, b"<html>")

    assert poll_due_stock() == 0

    connection.refresh_from_db()
    assert connection.poll_error == "not JSON"
    assert stock.logical.physical_base_qty == 20


def test_a_file_is_imported(tmp_path: Path, capsys: Any) -> None:
    stock = make_stock(20)
    _connected(stock)
    file = tmp_path / "stock.json"
    file.write_text(json.dumps(_document(stock, 15)))

    call_command("import_wms_snapshot", str(file), namespace="alpha", connection="wms-pic")

    assert stock.logical.physical_base_qty == 15
    assert "1 booked" in capsys.readouterr().out
