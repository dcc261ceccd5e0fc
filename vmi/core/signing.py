"""Signed messages between systems, in the form of Standard Webhooks.

Headers ``webhook-id``, ``webhook-timestamp`` (Unix seconds) and ``webhook-signature``: a list of
``v1,<base64 of HMAC-SHA256 over "id.timestamp.body">`` separated by spaces, one per valid secret.
"""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from vmi.core import clock
from vmi.core.exceptions import DomainError

ID_HEADER = "webhook-id"
TIMESTAMP_HEADER = "webhook-timestamp"
SIGNATURE_HEADER = "webhook-signature"
SECRET_PREFIX = "whsec_"  # noqa: S105 - the public prefix of the format, no secret
ID_LENGTH_MAX = 128
SIGNATURES_MAX = 10
"""Most signatures one message may carry; a rotation needs two."""

_ID = re.compile(r"[\x21-\x7e]{1,128}")
_TIMESTAMP = re.compile(r"[0-9]{1,12}")


class SignatureRefused(DomainError):
    """The message was not signed by someone who knows the secret, or not just now (401)."""

    status = 401
    type = "auth"
    code = "signature_invalid"
    default_message = _("The signature of the message is not valid.")


class SignatureExpired(SignatureRefused):
    """The message was signed too long ago, or in the future: a replay (401)."""

    code = "signature_expired"
    default_message = _("The message was signed too long ago.")


def sign(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """The signature of ``body``: ``v1,<base64>``. ``timestamp`` is in Unix seconds."""
    content = b"%s.%d.%s" % (message_id.encode("ascii"), timestamp, body)
    digest = hmac.new(_key(secret), content, hashlib.sha256).digest()
    return "v1," + base64.b64encode(digest).decode("ascii")


def signed_headers(secret: str, message_id: str, body: bytes, *, at: datetime) -> dict[str, str]:
    """The three headers a sender adds to ``body``."""
    timestamp = int(at.timestamp())
    return {
        ID_HEADER: message_id,
        TIMESTAMP_HEADER: str(timestamp),
        SIGNATURE_HEADER: sign(secret, message_id, timestamp, body),
    }


def verify(
    secrets: Sequence[str],
    headers: Mapping[str, str],
    body: bytes,
    tolerance_s: int = 300,
    *,
    now: datetime | None = None,
) -> str:
    """Check a message against every valid secret (two during a rotation) and return its id.

    ``headers`` may spell names in any case. Raises SignatureRefused, or SignatureExpired when the
    timestamp lies more than ``tolerance_s`` seconds from ``now`` (default: the database's clock).
    """
    found = {name.lower(): value for name, value in headers.items()}
    message_id, timestamp = found.get(ID_HEADER, ""), found.get(TIMESTAMP_HEADER, "")
    if not _ID.fullmatch(message_id) or not _TIMESTAMP.fullmatch(timestamp):
        raise SignatureRefused
    if not _signed_by_any(secrets, found.get(SIGNATURE_HEADER, ""), message_id, int(timestamp), body):
        raise SignatureRefused
    instant = now if now is not None else clock.now()
    if abs(instant.timestamp() - int(timestamp)) > tolerance_s:
        raise SignatureExpired
    return message_id


def _signed_by_any(secrets: Sequence[str], given: str, message_id: str, timestamp: int, body: bytes) -> bool:
    candidates = [item.encode("utf-8", "replace") for item in given.split(" ")[:SIGNATURES_MAX] if item]
    expected = [sign(secret, message_id, timestamp, body).encode("ascii") for secret in secrets if secret]
    # Every pair is compared, so that the time taken tells nothing about which one was near.
    hits = [hmac.compare_digest(one, other) for one in candidates for other in expected]
    return any(hits)


def _key(secret: str) -> bytes:
    if not secret.startswith(SECRET_PREFIX):
        return secret.encode("utf-8")
    try:
        return base64.b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)
    except binascii.Error:
        return secret.encode("utf-8")
