"""Idempotency keys: the same call sent twice has one effect and one answer.

The key is inserted in the transaction of the effect. A second caller waits on its unique index until
the first commits, then replays the stored answer; refusals are rolled back together with the key and
may be tried again. Keys belong to one user, method and path, and live for a week.
"""

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from django.db import OperationalError, transaction
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from vmi.api.database_errors import sqlstate_of
from vmi.api.models import IdempotencyKey
from vmi.core import clock
from vmi.core.db import fetch_all
from vmi.core.exceptions import DomainError, InvalidRequest

KEEP = timedelta(days=7)
HEADER = "Idempotency-Key"
REPLAYED_HEADER = "Idempotency-Replayed"
LOCK_TIMEOUT = "55P03"

_KEY = re.compile(r"[\x21-\x7e]{1,255}")


class KeyRequired(InvalidRequest):
    """This call creates something that must not be created twice."""

    code = "idempotency_key_required"
    default_message = _("This call needs the header Idempotency-Key.")


class KeyInvalid(InvalidRequest):
    """Keys are 1–255 visible ASCII characters."""

    code = "idempotency_key_invalid"
    default_message = _("Idempotency-Key takes 1 to 255 visible ASCII characters.")


class KeyMismatch(DomainError):
    """The key was used for another body (422)."""

    status = 422
    type = "idempotency"
    code = "idempotency_mismatch"
    default_message = _("This Idempotency-Key was used with another body.")


class KeyInProgress(DomainError):
    """The first call with this key has not finished (409)."""

    status = 409
    type = "idempotency"
    code = "idempotency_in_progress"
    default_message = _("The first call with this Idempotency-Key is still running.")
    retryable = True


def read_key(request: Request, *, required: bool) -> str | None:
    """The key of the call, or None. Raises KeyRequired or KeyInvalid."""
    key = request.headers.get(HEADER, "")
    if not key:
        if required:
            raise KeyRequired(param=HEADER)
        return None
    if not _KEY.fullmatch(key):
        raise KeyInvalid(param=HEADER)
    return key


def run_once(request: Request, key: str, handler: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    """Run ``handler`` under ``key``, or replay the answer it gave before.

    Raises KeyMismatch for another body and KeyInProgress when the first call holds the key longer
    than the lock timeout.
    """
    body_hash = _fingerprint(request.data)
    with transaction.atomic():
        row_id = _claim(request, key, body_hash)
        if row_id is None:
            return _replay(request, key, body_hash)
        response = handler()
        if response.status_code >= 400:
            # A refusal that was returned instead of raised leaves no effect and no key either.
            transaction.set_rollback(True)
            return response
        _store(row_id, response)
    return response


def _fingerprint(data: Any) -> str:
    canonical = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(canonical.encode()).hexdigest()


def _place(request: Request, key: str) -> dict[str, Any]:
    return {
        "user_id": int(request.user.pk or 0),
        "method": request.method or "",
        "route": request.path_info,
        "key": key,
    }


def _claim(request: Request, key: str, body_hash: str) -> int | None:
    """Insert the key; None when somebody committed it before. Waits for whoever is inserting it right now."""
    place = _place(request, key)
    try:
        rows = fetch_all(
            """
            INSERT INTO api_idempotencykey (user_id, method, route, key, body_hash, status, body, create_time)
            VALUES (%(user_id)s, %(method)s, %(route)s, %(key)s, %(body_hash)s, 0, '', clock_timestamp())
            ON CONFLICT (user_id, method, route, key) DO NOTHING
            RETURNING id
            """,
            {**place, "body_hash": body_hash},
        )
    except OperationalError as error:
        if sqlstate_of(error) == LOCK_TIMEOUT:
            raise KeyInProgress from error
        raise
    return int(rows[0]["id"]) if rows else None


def _replay(request: Request, key: str, body_hash: str) -> HttpResponse:
    stored = IdempotencyKey.objects.get(**_place(request, key))
    if stored.body_hash != body_hash:
        raise KeyMismatch(param=HEADER)
    return HttpResponse(
        stored.body,
        status=stored.status,
        content_type="application/json",
        headers={REPLAYED_HEADER: "true", **_location(stored.location)},
    )


def _location(location: str) -> Mapping[str, str]:
    return {"Location": location} if location else {}


def _store(row_id: int, response: HttpResponseBase) -> None:
    body = JSONRenderer().render(response.data) if isinstance(response, Response) else b""
    IdempotencyKey.objects.filter(pk=row_id).update(
        status=response.status_code, body=body.decode(), location=response.headers.get("Location", "")
    )


def purge_expired_keys() -> int:
    """Delete keys older than a week; returns how many."""
    deleted, _per_model = IdempotencyKey.objects.filter(create_time__lt=clock.now() - KEEP).delete()
    return deleted
