"""Idempotency of commands: the same reference and content answers again, other content is refused."""

import hashlib
import json
from datetime import datetime
from typing import Any

from inventory.choices import Command
from inventory.exceptions import SourceConflict
from vmi.core.actors import Actor
from vmi.core.db import fetch_prepared
from vmi.core.sources import Source

_CLAIM = """
    INSERT INTO inventory_stockcommand
        (command, source_type, source_sn, reference, fingerprint, reason, actor_id, at)
    VALUES (%(command)s::smallint, %(source_type)s, %(source_sn)s, %(reference)s, %(fingerprint)s,
            %(reason)s, %(actor)s::bigint, %(at)s::timestamptz)
    ON CONFLICT (command, source_type, source_sn, reference) DO NOTHING
    RETURNING id
"""

_FIND = """
    SELECT fingerprint FROM inventory_stockcommand
    WHERE command = %(command)s::smallint AND source_type = %(source_type)s
      AND source_sn = %(source_sn)s AND reference = %(reference)s
"""


def claim(
    *,
    command: Command,
    source: Source,
    content: Any,
    actor: Actor,
    at: datetime,
    reference: str = "",
    reason: str = "",
) -> bool:
    """Register a command; False when the same one already ran.

    A concurrent duplicate waits on the unique key until the first commits. Raises SourceConflict when the
    reference was used with other content.
    """
    params = {
        "command": int(command),
        "source_type": source.type,
        "source_sn": source.sn,
        "reference": reference,
        "fingerprint": fingerprint(content),
        "reason": reason,
        "actor": actor.user_id,
        "at": at,
    }
    if fetch_prepared(_CLAIM, params):
        return True
    found = fetch_prepared(_FIND, {key: params[key] for key in ("command", "source_type", "source_sn", "reference")})
    if not found or found[0]["fingerprint"] != params["fingerprint"]:
        raise SourceConflict(details={"source": source.subject, "reference": reference})
    return False


def fingerprint(content: Any) -> str:
    """SHA-256 of the canonical JSON of ``content``."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()
