"""``release_safety``: safety stock goes on sale for a while, together with urgent replenishment (S001-20, S001-22)."""

from datetime import date

from django.utils.translation import gettext_lazy as _

from inventory.choices import Command, SafetyStep
from inventory.exceptions import SafetyShort
from inventory.models import SafetyRelease
from inventory.services.commands import claim
from inventory.services.movement import Context
from inventory.services.safety import refuse_locked
from inventory.services.safety_moves import channel_bucket, give_back
from inventory.services.safety_rows import PolicyRow, SafetyEffect, lock_policy, save
from vmi.core import clock
from vmi.core.actors import Actor
from vmi.core.commands import command
from vmi.core.db import fetch_prepared
from vmi.core.exceptions import InvalidRequest
from vmi.core.sources import Source
from vmi.events.catalogue import ReplenishmentUrgent, SafetyReleased
from vmi.events.services import record


@command
def release_safety(
    *,
    logical_id: int,
    quantity: int | None = None,
    reason: str,
    until: date | None = None,
    channel_id: int | None = None,
    override: bool = False,
    source: Source,
    actor: Actor,
    dry_run: bool = False,
) -> SafetyEffect:
    """Put ``quantity`` withheld units (empty: all) on sale until the day ``until`` (empty: until somebody re-arms).

    They join the shared bucket of the default pool, or the bucket of ``channel_id`` alone (a core channel). Records
    SafetyReleased and recommends urgent replenishment. Raises SafetyShort naming both figures, SafetyLocked unless
    ``override`` says that the actor may release in spite of the lock, NotFound, InvalidRequest.
    """
    if not reason.strip():
        raise InvalidRequest(code="reason_required", param="reason")
    context = Context(Command.RELEASE_SAFETY, source, actor, clock.now())
    content = [logical_id, quantity, reason, until, channel_id]
    if not claim(command=context.command, source=source, content=content, actor=actor, at=context.at, reason=reason):
        return lock_policy(logical_id).effect()
    if until is not None and until <= clock.local_date(context.at):
        raise InvalidRequest(_("This day must lie in the future."), code="date_past", param="until")
    row = lock_policy(logical_id)
    if not override:
        refuse_locked(row, context)
    units = row.safety_qty if quantity is None else quantity
    if not 0 < units <= row.safety_qty:
        figures = {"sku": row.sku, "warehouse": row.warehouse, "wanted": units, "available": row.safety_qty}
        raise SafetyShort(param="quantity", details=figures)
    is_override = override and row.locked_on(clock.local_date(context.at))
    bucket_id = channel_bucket(logical_id, channel_id) if channel_id is not None else None
    offered = give_back({logical_id: units}, context, bucket_id=bucket_id)[logical_id]
    row.safety_qty -= units
    row.released_qty += units
    save([row], context)
    SafetyRelease.objects.create(
        policy_id=row.id,
        step=SafetyStep.RELEASE,
        bucket_id=bucket_id,
        quantity=units,
        moved_qty=offered,
        until=until,
        reason=reason,
        is_override=is_override,
        source_type=source.type,
        source_sn=source.sn,
        actor_id=actor.user_id,
        at=context.at,
    )
    _tell(row, units, reason, until, is_override, actor)
    return row.effect(-units)


def _tell(row: PolicyRow, units: int, reason: str, until: date | None, is_override: bool, actor: Actor) -> None:
    """Record what happened, and that goods should be bought."""
    subject = f"stock:{row.logical_id}"
    day = until.isoformat() if until else ""
    payload = SafetyReleased(row.sku, row.warehouse, units, row.safety_qty, reason, day, is_override)
    record(payload, subject=subject, actor=actor)
    (figures,) = fetch_prepared(_AVAILABLE, {"id": row.logical_id})
    recommended = ReplenishmentUrgent(row.sku, row.warehouse, units, figures["available_qty"])
    record(recommended, subject=subject, actor=actor)


_AVAILABLE = "SELECT available_qty FROM inventory_logicalstock WHERE id = %(id)s::bigint"
