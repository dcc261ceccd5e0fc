"""Idempotency keys: the same call sent twice has one effect and one answer.

The key is inserted in the transaction of the effect. A second caller waits on its unique index until
the first commits, then replays the stored answer; refusals are rolled back together with the key and
may be tried again. Keys belong to one user, method and path, and live for a week.

An effect that others write on behalf of the call (a combined batch) takes the key along as a :class:`Claim`: key and
effect are committed together, the answer follows. Should it not, a repeated call has its answer made again from what
was written, with the help of the claim's note.
"""

import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from django.db import OperationalError, transaction
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from vmi.api.models import IdempotencyKey
from vmi.core import clock
from vmi.core.db import fetch_all, fetch_prepared
from vmi.core.exceptions import DomainError, InvalidRequest
from vmi.core.retry import sqlstate_of

KEEP = timedelta(days=7)
HEADER = "Idempotency-Key"
REPLAYED_HEADER = "Idempotency-Replayed"
LOCK_TIMEOUT = "55P03"
UNANSWERED = 0
"""The status code of a key that was committed with its effect and before its answer."""

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


def run_once(
    request: Request,
    key: str,
    handler: Callable[[], HttpResponseBase],
    recover: Callable[[str], HttpResponseBase] | None = None,
) -> HttpResponseBase:
    """Run ``handler`` under ``key``, or replay the answer it gave before.

    ``recover`` makes the answer again from a claim's note where it was not stored. Raises KeyMismatch for another
    body and KeyInProgress when the first call holds the key longer than the lock timeout.
    """
    body_hash = _fingerprint(request.data)
    with transaction.atomic():
        row_id = _claim(request, key, body_hash)
        if row_id is None:
            return _replay(request, key, body_hash, recover)
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


def _replay(
    request: Request, key: str, body_hash: str, recover: Callable[[str], HttpResponseBase] | None
) -> HttpResponseBase:
    stored = IdempotencyKey.objects.get(**_place(request, key))
    if stored.body_hash != body_hash:
        raise KeyMismatch(param=HEADER)
    if stored.status == UNANSWERED:
        if recover is None:
            raise KeyInProgress
        response = recover(stored.body)
        response.headers[REPLAYED_HEADER] = "true"
        return response
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


@dataclass(frozen=True, slots=True)
class Claim:
    """A key to be committed together with the effect of its call; ``note`` says what the effect is."""

    user_id: int
    method: str
    route: str
    key: str
    body_hash: str
    note: str = ""


def claim_of(request: Request, key: str) -> Claim:
    """The claim of a call for its key."""
    return Claim(**_place(request, key), body_hash=_fingerprint(request.data))


def taken(claims: Sequence[Claim]) -> set[int]:
    """Which of these claims (by their place in the sequence) came too late: their keys are in use."""
    rows = fetch_prepared(_TAKEN, _columns(claims))
    return {row["n"] - 1 for row in rows}


def keep(claims: Sequence[Claim]) -> None:
    """Write the keys in the caller's transaction. Raises KeyInProgress when one came too late after all."""
    if len(fetch_prepared(_KEEP, _columns(claims))) < len(claims):
        raise KeyInProgress


def answer(claim: Claim, response: HttpResponseBase) -> None:
    """Store the answer of a call whose claim was kept; losing it in a crash costs nothing, so no disk is waited for."""
    body = JSONRenderer().render(response.data).decode() if isinstance(response, Response) else ""
    fetch_prepared(_ANSWER, {**asdict(claim), "status": response.status_code, "body": body})


def _columns(claims: Sequence[Claim]) -> dict[str, list[Any]]:
    names = ("user_id", "method", "route", "key", "body_hash", "note")
    return {name: [getattr(claim, name) for claim in claims] for name in names}


_CLAIMS = """unnest(%(user_id)s::bigint[], %(method)s::varchar[], %(route)s::varchar[], %(key)s::varchar[],
    %(body_hash)s::varchar[], %(note)s::text[])"""

_TAKEN = f"""
    SELECT w.n FROM {_CLAIMS} WITH ORDINALITY AS w(user_id, method, route, key, body_hash, note, n)
    JOIN api_idempotencykey k USING (user_id, method, route, key)
"""  # noqa: S608 - built from fixed names only

_KEEP = f"""
    INSERT INTO api_idempotencykey (user_id, method, route, key, body_hash, body, status, create_time)
    SELECT w.*, {UNANSWERED}, clock_timestamp() FROM {_CLAIMS} AS w
    ON CONFLICT (user_id, method, route, key) DO NOTHING RETURNING id
"""  # noqa: S608 - built from fixed names only

_ANSWER = f"""
    UPDATE api_idempotencykey SET status = %(status)s::int, body = %(body)s
    WHERE user_id = %(user_id)s::bigint AND method = %(method)s AND route = %(route)s AND key = %(key)s
      AND status = {UNANSWERED} AND set_config('synchronous_commit', 'off', true) IS NOT NULL
"""  # noqa: S608 - built from fixed names only


def purge_expired_keys() -> int:
    """Delete keys older than a week; returns how many."""
    deleted, _per_model = IdempotencyKey.objects.filter(create_time__lt=clock.now() - KEEP).delete()
    return deleted
