"""Letting in webhook calls: who signed them, and a bounded note of those refused (S19)."""

from collections.abc import Mapping

from django.core.cache import cache

from vmi.core import clock
from vmi.core.actors import wms_actor
from vmi.core.signing import SignatureRefused, verify
from vmi.events.catalogue import WebhookRejected
from vmi.events.services import record
from warehousing.models import WmsConnection

NOTE_PERIOD_S = 60
"""At most one note per connection and minute: refused calls cost a sender nothing, they must cost us little."""

_NOBODY = "no connection has this secret"


def verify_webhook(*, code: str, headers: Mapping[str, str], body: bytes) -> tuple[int, str]:
    """Id and code of the connection that signed the call; raises SignatureRefused or its expired form.

    During a rotation the previous secret counts until its end. An unknown or disabled connection is
    refused exactly like a wrong signature.
    """
    now = clock.now()
    # No code has a NUL, and the database would not even be asked for one.
    found = None if "\x00" in code else WmsConnection.objects.filter(code=code, is_enabled=True).first()
    secrets = _valid_secrets(found, now.timestamp()) if found else []
    try:
        # An unknown connection is compared with something too, so that time tells nothing about it.
        verify(secrets or [_NOBODY], headers, body, now=now)
        if found is None or not secrets:
            raise SignatureRefused
    except SignatureRefused as refused:
        if found is not None:
            _note(found, refused.code)
        raise
    return found.pk, found.code


def _valid_secrets(found: WmsConnection, now: float) -> list[str]:
    secrets = [found.secret] if found.secret else []
    until = found.previous_valid_until
    if found.previous_secret and until is not None and now < until.timestamp():
        secrets.append(found.previous_secret)
    return secrets


def _note(found: WmsConnection, reason: str) -> None:
    if cache.add(f"wms-webhook-refused:{found.pk}", 1, timeout=NOTE_PERIOD_S):
        record(
            WebhookRejected(connection=found.code, reason=reason),
            subject=f"warehousing.wmsconnection:{found.pk}",
            actor=wms_actor(found.code),
        )
