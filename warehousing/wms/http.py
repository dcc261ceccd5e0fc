"""A warehouse system behind HTTP: notices are posted as signed Standard Webhooks."""

import http.client
import ipaddress
import json
import socket
import ssl
import time
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

from vmi.core.signing import sign
from warehousing.exceptions import EndpointRefused, WmsUnreachable
from warehousing.wms.base import OutboundCancel, OutboundNotice

TIMEOUT_S: Final = 5.0
"""Per network step; a slow system must not keep the sweep of its namespace busy."""

ANSWER_LIMIT_BYTES: Final = 4096
"""What we read of an answer: enough for an error text in the log."""


STOCK_LIMIT_BYTES: Final = 64 * 1024 * 1024
"""Longest stock list: half a million rows of 130 bytes."""


def loopback_allowed() -> bool:
    """Whether this machine itself may be called: development and tests only."""
    return bool(getattr(settings, "WMS_LOOPBACK_ALLOWED", False))


def split_endpoint(endpoint: str) -> SplitResult:
    """The parts of an endpoint; raises EndpointRefused unless it is plain HTTPS (HTTP where loopback is allowed)."""
    try:
        parts = urlsplit(endpoint)
        port = parts.port
    except ValueError:
        raise EndpointRefused(param="endpoint", details={"reason": "malformed"}) from None
    schemes = ("https", "http") if loopback_allowed() else ("https",)
    if parts.scheme not in schemes or not parts.hostname or port == 0:
        raise EndpointRefused(param="endpoint", details={"reason": "scheme", "allowed": list(schemes)})
    if parts.username or parts.password or parts.fragment:
        raise EndpointRefused(param="endpoint", details={"reason": "credentials"})
    return parts


def resolve(host: str, port: int) -> str:
    """The address to connect to; every address of the name must be public, or loopback where that is allowed.

    The caller connects to exactly this address, so that a second answer of the name server cannot
    lead elsewhere (SSRF, OWASP API7). Raises EndpointRefused, WmsUnreachable.
    """
    try:
        answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise WmsUnreachable(details={"reason": f"name: {error}"}) from error
    addresses = [str(answer[4][0]) for answer in answers]
    for address in addresses:
        parsed = ipaddress.ip_address(address.split("%")[0])
        if not (parsed.is_global or (parsed.is_loopback and loopback_allowed())):
            raise EndpointRefused(param="endpoint", details={"reason": "private address"})
    return addresses[0]


class _PinnedHttps(http.client.HTTPSConnection):
    """HTTPS to a fixed address; certificate and SNI are checked against the host's name."""

    def __init__(self, host: str, port: int, address: str) -> None:
        self._tls = ssl.create_default_context()
        super().__init__(host, port, timeout=TIMEOUT_S, context=self._tls)
        self._address = address

    def connect(self) -> None:
        plain = socket.create_connection((self._address, self.port), self.timeout)
        self.sock = self._tls.wrap_socket(plain, server_hostname=self.host)


class _PinnedHttp(http.client.HTTPConnection):
    """HTTP to a fixed address, for loopback."""

    def __init__(self, host: str, port: int, address: str) -> None:
        super().__init__(host, port, timeout=TIMEOUT_S)
        self._address = address

    def connect(self) -> None:
        self.sock = socket.create_connection((self._address, self.port), self.timeout)


class HttpWms:
    """Posts notices to ``endpoint``; redirects are not followed."""

    def __init__(self, *, endpoint: str, secret: str) -> None:
        self._endpoint = endpoint
        self._secret = secret

    def send(self, notice: OutboundNotice) -> None:
        """Post the notice; 2xx and 409 (known already) count as taken. The webhook id is the notice number."""
        self._deliver(notice.sn, notice.as_json())

    def cancel(self, message: OutboundCancel) -> None:
        """Post the question; taken as a notice is. The webhook id is the notice number and ``/cancel``."""
        self._deliver(f"{message.sn}/cancel", message.as_json())

    def fetch_stock(self, url: str) -> bytes:
        """GET the stock list, signed over an empty body; raises WmsUnreachable, EndpointRefused."""
        timestamp = int(time.time())
        message_id = f"stock-{timestamp}"
        headers = self._headers(message_id, timestamp, b"")
        status, body = self._call("GET", url, None, headers, STOCK_LIMIT_BYTES)
        if status != http.client.OK:
            raise WmsUnreachable(details={"reason": f"HTTP {status}"})
        if len(body) > STOCK_LIMIT_BYTES:
            raise WmsUnreachable(details={"reason": "stock list too long"})
        return body

    def _deliver(self, message_id: str, document: dict[str, Any]) -> None:
        """Sign and post a document; raises WmsUnreachable unless it was taken."""
        body = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
        # The wire's clock, not a business instant: the receiver compares it with its own.
        timestamp = int(time.time())
        headers = self._headers(message_id, timestamp, body)
        status, answer = self._call("POST", self._endpoint, body, headers, ANSWER_LIMIT_BYTES)
        if not (200 <= status < 300 or status == http.client.CONFLICT):
            text = answer[:ANSWER_LIMIT_BYTES].decode("utf-8", "replace")
            raise WmsUnreachable(details={"reason": f"HTTP {status}: {text}"})

    def _headers(self, message_id: str, timestamp: int, body: bytes) -> dict[str, str]:
        return {
            "Content-Type": "application/json",
            "webhook-id": message_id,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": sign(self._secret, message_id, timestamp, body),
        }

    def _call(
        self, method: str, url: str, body: bytes | None, headers: dict[str, str], limit: int
    ) -> tuple[int, bytes]:
        """One request to a checked address; status and at most one byte more than ``limit``."""
        parts = split_endpoint(url)
        host = parts.hostname or ""
        port = parts.port or (443 if parts.scheme == "https" else 80)
        address = resolve(host, port)
        pinned = _PinnedHttps if parts.scheme == "https" else _PinnedHttp
        connection = pinned(host, port, address)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        try:
            connection.request(method, path, body=body, headers=headers)
            answer = connection.getresponse()
            return answer.status, answer.read(limit + 1)
        except (OSError, http.client.HTTPException) as error:
            raise WmsUnreachable(details={"reason": f"{type(error).__name__}: {error}"}) from error
        finally:
            connection.close()
