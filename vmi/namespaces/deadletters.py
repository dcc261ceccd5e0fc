"""Messages put aside: written by the task base, retried or discarded by the platform's operators (J05)."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.core.serializers.json import DjangoJSONEncoder
from django.utils.translation import gettext_lazy as _

from vmi.core import clock
from vmi.core.actors import Actor
from vmi.core.db import execute
from vmi.core.exceptions import Conflict
from vmi.core.tenancy import PUBLIC_SCHEMA, run_in_namespace
from vmi.namespaces.choices import DeadReason
from vmi.namespaces.models import DeadLetter

ERROR_LENGTH_MAX: Final = 4000

_PUT: Final = """
    INSERT INTO namespaces_deadletter AS letter
        (task, schema_name, reason, arguments, fingerprint, error, count, first_time, last_time, resolution)
    VALUES (%(task)s, %(schema)s, %(reason)s, %(arguments)s, %(fingerprint)s, %(error)s, 1, %(now)s, %(now)s, '')
    ON CONFLICT (fingerprint) WHERE resolved_time IS NULL DO UPDATE SET
        count = letter.count + 1, last_time = excluded.last_time, error = excluded.error
"""


class LetterResolved(Conflict):
    """Somebody has already dealt with this message."""

    type = "state"
    code = "dead_letter_resolved"
    default_message = _("This message was already dealt with.")


def put_aside(
    *, task: str, schema: str, reason: DeadReason, args: Sequence[Any], kwargs: Mapping[str, Any], error: str = ""
) -> None:
    """Keep a message that will not be run; an equal open one is counted up instead."""
    arguments = json.dumps({"args": list(args), "kwargs": dict(kwargs)}, cls=DjangoJSONEncoder, sort_keys=True)
    fingerprint = hashlib.sha256(f"{task}\n{schema}\n{reason}\n{arguments}".encode()).hexdigest()
    with run_in_namespace(PUBLIC_SCHEMA):
        execute(
            _PUT,
            {
                "task": task[:128],
                "schema": schema[:128],
                "reason": str(reason),
                "arguments": arguments,
                "fingerprint": fingerprint,
                "error": error[:ERROR_LENGTH_MAX],
                "now": clock.now(),
            },
        )


def retry(*, letter_id: int, actor: Actor) -> None:
    """Send the message again to its namespace; it is judged anew when it arrives."""
    from vmi.namespaces.tasks import send_to_namespace

    letter = _resolve(letter_id, f"retried by {actor.label}")
    arguments = letter.arguments
    send_to_namespace(letter.task, letter.schema_name, args=arguments["args"], kwargs=arguments["kwargs"])


def discard(*, letter_id: int, actor: Actor) -> None:
    """Close the message without running it."""
    _resolve(letter_id, f"discarded by {actor.label}")


def _resolve(letter_id: int, resolution: str) -> DeadLetter:
    """Compare-and-set, so that two operators do not send a message twice."""
    with run_in_namespace(PUBLIC_SCHEMA):
        rows = DeadLetter.objects.filter(pk=letter_id, resolved_time=None)
        if not rows.update(resolved_time=clock.now(), resolution=resolution[:32]):
            raise LetterResolved
        return DeadLetter.objects.get(pk=letter_id)
