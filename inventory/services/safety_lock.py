"""``lock_safety``: nothing of a safety stock is released, except for emergency supply and core channels (S001-22)."""

from datetime import date

from django.utils.translation import gettext_lazy as _

from inventory.choices import Command
from inventory.models import SafetyPolicy
from inventory.services.movement import Context
from inventory.services.safety_rows import SAFETY, PolicyRow, SafetyEffect, lock_policy, save
from vmi.core import clock
from vmi.core.actors import Actor
from vmi.core.audit import audit
from vmi.core.commands import command
from vmi.core.exceptions import InvalidRequest
from vmi.core.sources import Source


@command
def lock_safety(
    *, logical_id: int, reason: str, until: date | None = None, actor: Actor, dry_run: bool = False
) -> SafetyEffect:
    """Lock the safety stock of a row, up to the day ``until`` (empty: until somebody unlocks it).

    Locking again changes reason and day. Raises NotFound, InvalidRequest.
    """
    if not reason.strip():
        raise InvalidRequest(code="reason_required", param="reason")
    now = clock.now()
    if until is not None and until <= clock.local_date(now):
        raise InvalidRequest(_("This day must lie in the future."), code="date_past", param="until")
    row = lock_policy(logical_id)
    return _store(row, Context(Command.SET_SAFETY, Source(SAFETY, ""), actor, now), True, reason, until)


@command
def unlock_safety(*, logical_id: int, actor: Actor, dry_run: bool = False) -> SafetyEffect:
    """End the lock of a row's safety stock; unlocking again changes nothing. Raises NotFound."""
    row = lock_policy(logical_id)
    return _store(row, Context(Command.SET_SAFETY, Source(SAFETY, ""), actor, clock.now()), False, "", None)


def _store(row: PolicyRow, context: Context, is_locked: bool, reason: str, until: date | None) -> SafetyEffect:
    """Store the lock and tell the log what changed."""
    names = ("is_locked", "lock_reason", "locked_until")
    before = {name: getattr(row, name) for name in names}
    row.is_locked, row.lock_reason, row.locked_until = is_locked, reason, until
    after = {name: getattr(row, name) for name in names}
    if before != after:
        save([row], context)
        audit(SafetyPolicy(pk=row.id), before, after, actor=context.actor)
    return row.effect()
