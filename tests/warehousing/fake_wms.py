"""A warehouse system on loopback: takes notices by HTTP and answers with confirmations, as well or as badly as told.

Switches: ``delay_s`` before it answers, ``status`` it answers with, ``lose`` every n-th confirmation,
``duplicate`` and ``reorder`` the confirmations, ``redirect`` elsewhere.
"""

import json
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from vmi.core.signing import verify


@dataclass
class FakeWms:
    """One system with its switches and what it has seen; use as a context manager."""

    secret: str
    delay_s: float = 0.0
    status: int = 200
    lose: int = 0
    duplicate: bool = False
    reorder: bool = False
    redirect: str = ""
    calls: list[dict[str, Any]] = field(default_factory=list)
    notices: dict[str, dict[str, Any]] = field(default_factory=dict)

    def __enter__(self) -> Self:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)

    @property
    def endpoint(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/notices?site=1"

    def take(self, path: str, headers: dict[str, str], body: bytes) -> int:
        """Note a call; a verified notice is kept once by its number."""
        verify([self.secret], headers, body, now=datetime.now(tz=UTC))
        document = json.loads(body)
        self.calls.append({"path": path, "headers": headers, "body": document})
        if self.status == 200:
            self.notices.setdefault(document["noticeSn"], document)
        return self.status

    def confirmations(self) -> list[dict[str, Any]]:
        """An event per notice line, in the order and number the switches say."""
        events = [
            {
                "eventId": f"{sn}/{line['lineNo']}",
                "occurredAt": f"2026-11-22T04:00:{line['lineNo']:02d}Z",
                "type": "outbound.confirmed",
                "noticeSn": sn,
                "company": "SF",
                "trackingNo": f"T-{sn}",
                "lines": [{"lineNo": line["lineNo"], "quantity": line["quantity"]}],
            }
            for sn, notice in self.notices.items()
            for line in notice["lines"]
        ]
        if self.lose:
            events = [event for number, event in enumerate(events, 1) if number % self.lose]
        if self.duplicate:
            events += events
        return events[::-1] if self.reorder else events

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        wms = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                time.sleep(wms.delay_s)
                status = wms.take(self.path, {k.lower(): v for k, v in self.headers.items()}, body)
                self.send_response(status)
                if wms.redirect:
                    self.send_header("Location", wms.redirect)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"{}")

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the parent's name
                """Quiet."""

        return Handler
