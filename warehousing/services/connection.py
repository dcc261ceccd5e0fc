"""Links to warehouse systems and their secrets."""

import base64
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from vmi.core import clock
from vmi.core.actors import Actor
from vmi.core.audit import audit
from vmi.core.integrity import refusing
from vmi.core.signing import SECRET_PREFIX
from warehousing.choices import WmsMode
from warehousing.exceptions import (
    CodeTaken,
    ConnectionIncomplete,
    ConnectionNotFound,
    InvalidNumber,
    InvalidText,
    WarehouseNotFound,
)
from warehousing.locks import lock_connection
from warehousing.models import Warehouse, WmsConnection
from warehousing.services.changes import apply_changes
from warehousing.services.texts import clean_code, clean_columns, taken
from warehousing.wms.http import split_endpoint

CONNECTION_CHANGEABLE = ("mode", "endpoint", "is_enabled", "figures", "stock_url", "poll_minutes")
POLL_MINUTES = (5, 24 * 60)
"""How seldom and how often a stock list may be asked for (S001-15)."""

ROTATION = timedelta(days=1)
"""How long the previous secret is accepted unless the caller says otherwise: a working day to change the other side."""

SECRET_BYTES = 32
SECRET_LENGTH_MIN = 24
SECRET_LENGTH_MAX = 200


def new_secret() -> str:
    """A fresh secret in the form of Standard Webhooks."""
    return SECRET_PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def _check_secret(secret: str) -> str:
    fits = SECRET_LENGTH_MIN <= len(secret) <= SECRET_LENGTH_MAX
    if not (fits and secret.isascii() and secret.isprintable()):
        raise InvalidText(
            _("A secret has %(min)s to %(max)s visible ASCII characters."),
            code="invalid_secret",
            param="secret",
            details={"min": SECRET_LENGTH_MIN, "max": SECRET_LENGTH_MAX},
        )
    return secret


def _check_complete(mode: str, endpoint: str, secret: str) -> None:
    if endpoint:
        split_endpoint(endpoint)
    if mode == WmsMode.HTTP and not (endpoint and secret):
        raise ConnectionIncomplete(param="secret" if endpoint else "endpoint")


def connect_wms(
    *,
    warehouse_id: int,
    code: str,
    mode: str = WmsMode.MANUAL,
    endpoint: str = "",
    secret: str = "",
    actor: Actor,
) -> WmsConnection:
    """Link a warehouse to its system; one link per warehouse.

    The code becomes part of the webhook's address. Raises WarehouseNotFound, CodeTaken,
    ConnectionIncomplete, EndpointRefused.
    """
    code = clean_code(code, param="code")
    if secret:
        _check_secret(secret)
    clean_columns(WmsConnection, {"mode": mode, "endpoint": endpoint})
    _check_complete(mode, endpoint, secret)
    if not Warehouse.objects.filter(pk=warehouse_id).exists():
        raise WarehouseNotFound(param="warehouse")
    now = clock.now()
    refusals = {
        "warehousing_wmsconnection_code": lambda: taken("code", code),
        "warehousing_wmsconnection_warehouse": lambda: CodeTaken(param="warehouse"),
    }
    with refusing(refusals), transaction.atomic():
        return WmsConnection.objects.create(
            warehouse_id=warehouse_id,
            code=code,
            mode=mode,
            endpoint=endpoint,
            secret=secret,
            creater_id=actor.user_id,
            create_time=now,
            modify_time=now,
        )


def _locked(connection_id: int) -> WmsConnection:
    found = lock_connection(connection_id)
    if found is None:
        raise ConnectionNotFound(param="wmsConnection")
    return found


@transaction.atomic
def update_connection(*, connection_id: int, changes: Mapping[str, Any], actor: Actor) -> WmsConnection:
    """Change mode, endpoint or whether the link is enabled; raises as ``connect_wms`` does."""
    found = _locked(connection_id)
    changes = clean_columns(WmsConnection, changes)
    mode, endpoint = changes.get("mode", found.mode), changes.get("endpoint", found.endpoint)
    _check_complete(mode, endpoint, found.secret)
    if changes.get("stock_url"):
        split_endpoint(changes["stock_url"])
    if not POLL_MINUTES[0] <= changes.get("poll_minutes", found.poll_minutes) <= POLL_MINUTES[1]:
        raise InvalidNumber(param="pollMinutes")
    return apply_changes(found, changes, allowed=CONNECTION_CHANGEABLE, actor=actor)


@transaction.atomic
def rotate_secret(
    *, connection_id: int, secret: str | None = None, keep_until: datetime | None = None, actor: Actor
) -> str:
    """Replace the secret and return the new one, shown this once; the old one is accepted until ``keep_until``.

    Default: a new random secret, the old one for a day. A ``keep_until`` in the past ends the old one at once.
    """
    found = _locked(connection_id)
    fresh = _check_secret(secret) if secret else new_secret()
    now = clock.now()
    found.previous_secret = found.secret
    found.previous_valid_until = (keep_until or now + ROTATION) if found.secret else None
    found.secret = fresh
    found.modify_time = now
    found.save(update_fields=["secret", "previous_secret", "previous_valid_until", "modify_time"])
    # The log says that it changed and until when the old one lives, never what it is.
    until = found.previous_valid_until
    audit(
        found, {}, {"secret_rotated": now.isoformat(), "previous_valid_until": until and until.isoformat()}, actor=actor
    )
    return fresh
