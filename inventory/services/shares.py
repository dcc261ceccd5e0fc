"""Shares: which channels sell the shared bucket of a pool, and how much of it one of them may have at a time."""

import random
import time
from typing import Any, Final

from django.db import OperationalError, transaction
from django.utils.translation import gettext_lazy as _
from psycopg.errors import LockNotAvailable

from inventory.choices import Command, Counter, HoldKind, HoldState, Layer
from inventory.exceptions import ShareInUse, StockBusy
from inventory.locks import lock_share
from inventory.models import Channel, ChannelShare
from inventory.services.commands import claim
from inventory.services.movement import WHOLE_DOCUMENT, Change, Context, move
from vmi.core import clock
from vmi.core.actors import Actor
from vmi.core.audit import audit
from vmi.core.commands import command
from vmi.core.db import execute, fetch_prepared
from vmi.core.exceptions import InvalidRequest, NotFound
from vmi.core.fields import QUANTITY_MAX
from vmi.core.sources import Source

LOCK_WAIT_MS: Final = 200
"""How long a change of a cap waits for promises under way before it lets them pass; well below deadlock_timeout."""

LOCK_ATTEMPTS: Final = 20
"""How often it tries before it asks its caller to repeat."""


@command
def set_share(
    *,
    bucket_id: int,
    channel_id: int,
    cap_units: int | None = None,
    cap_percent: int | None = None,
    source: Source,
    actor: Actor,
    dry_run: bool = False,
) -> ChannelShare:
    """Let a channel sell from a shared bucket, with a cap in units or in percent of its quota, or without one.

    The cap bounds what the channel has held, sold and not shipped of the bucket's goods; what it has now is counted
    from its live promises while the bucket stands still. A percentage follows the quota when that is granted or
    received, never by shipping. Raises ShareInUse for a cap below what is in use, NotFound, InvalidRequest for a
    channel's own bucket. The same source again changes nothing.
    """
    if cap_units is not None and cap_percent is not None:
        raise InvalidRequest(_("Give either units or a percentage."), code="units_or_percent", param="capUnits")
    if cap_units is not None and not 0 <= cap_units <= QUANTITY_MAX:
        raise InvalidRequest(_("This quantity is out of bounds."), code="quantity_invalid", param="capUnits")
    if cap_percent is not None and not 0 <= cap_percent <= 100:
        raise InvalidRequest(_("A percentage is 0 to 100."), code="percent_invalid", param="capPercent")
    context = Context(Command.SET_SHARE, source, actor, clock.now())
    content = [bucket_id, channel_id, cap_units, cap_percent]
    is_new = claim(command=context.command, source=source, content=content, actor=actor, at=context.at)
    bucket = _lock(bucket_id)
    if bucket["channel_id"] is not None:
        raise InvalidRequest(_("This bucket belongs to one channel alone."), code="bucket_exclusive", param="bucket")
    if not Channel.objects.filter(pk=channel_id).exists():
        raise NotFound(param="channel")
    share, _created = ChannelShare.objects.get_or_create(bucket_id=bucket_id, channel_id=channel_id)
    if not is_new:
        return share
    cap = cap_units if cap_percent is None else bucket["base_quota_qty"] * cap_percent // 100
    used = used_qty(bucket_id, channel_id)
    if cap is not None and cap < used:
        raise ShareInUse(sku=bucket["sku"], cap=cap, used=used)
    before = {"cap_qty": share.cap_qty, "cap_percent": share.cap_percent}
    _recount(share, cap, used if cap is not None else 0, cap_percent, context)
    audit(share, before, {"cap_qty": cap, "cap_percent": cap_percent}, actor=actor)
    share.refresh_from_db()
    return share


@command
def drop_share(*, bucket_id: int, channel_id: int, source: Source, actor: Actor, dry_run: bool = False) -> bool:
    """End a channel's part in a shared bucket, or its cap in the default one; False when it had none.

    What the channel has held or sold of the bucket stays promised.
    """
    context = Context(Command.SET_SHARE, source, actor, clock.now())
    content = [bucket_id, channel_id, "drop"]
    if not claim(command=context.command, source=source, content=content, actor=actor, at=context.at):
        return False
    _lock(bucket_id)
    share = lock_share(bucket_id, channel_id)
    if share is None:
        return False
    before = {"cap_qty": share.cap_qty, "cap_percent": share.cap_percent}
    _recount(share, None, 0, None, context)
    audit(share, before, {"cap_qty": None, "cap_percent": None, "dropped": True}, actor=actor)
    share.delete()
    return True


def used_qty(bucket_id: int, channel_id: int) -> int:
    """Units of a bucket's goods that a channel has held, sold and not shipped, counted from its promises."""
    rows = fetch_prepared(_USED, {"bucket": bucket_id, "channel": channel_id})
    return int(rows[0]["used"])


def _lock(bucket_id: int) -> dict[str, Any]:
    """The bucket, locked so that nobody promises from it meanwhile. Raises NotFound, StockBusy.

    Whether a promise counts against a cap is read with the promise. So all commands on promises finish first, and
    none begins before the cap is written: a short stop, for a rare command. Those commands lock in another order;
    so this one gives way before the database would see a deadlock and end one of theirs, and tries again.
    """
    for attempt in range(LOCK_ATTEMPTS):
        try:
            with transaction.atomic():
                execute(f"SET LOCAL lock_timeout = '{LOCK_WAIT_MS}ms'")
                execute("LOCK TABLE inventory_reservation IN EXCLUSIVE MODE")
                found = fetch_prepared(_LOCK, {"id": bucket_id})
                execute("SET LOCAL lock_timeout = DEFAULT")
        except OperationalError as error:
            if not isinstance(error.__cause__, LockNotAvailable):
                raise
            time.sleep(random.uniform(0, LOCK_WAIT_MS * (attempt + 1)) / 1000)  # noqa: S311 - not a secret
            continue
        if not found:
            raise NotFound(param="bucket")
        return found[0]
    raise StockBusy


def _recount(share: ChannelShare, cap: int | None, used: int, percent: int | None, context: Context) -> None:
    """Write the cap and bring its counter to ``used``; the counter is zero while there is no cap."""
    change = Change(share.pk, WHOLE_DOCUMENT, {Counter.SHARE_USED: used - share.used_qty})
    room = max(used, share.used_qty)
    ChannelShare.objects.filter(pk=share.pk).update(cap_qty=room if cap is None else max(cap, room), cap_percent=None)
    move(Layer.SHARE, [change], context)
    ChannelShare.objects.filter(pk=share.pk).update(cap_qty=cap, cap_percent=percent)


_LOCK = """
    SELECT c.id, c.channel_id, c.base_quota_qty, i.sku
    FROM inventory_channelstock c JOIN inventory_allocationpool p ON p.id = c.pool_id
    JOIN inventory_logicalstock l ON l.id = p.logical_id JOIN catalog_productinfo i ON i.id = l.sku_id
    WHERE c.id = %(id)s::bigint FOR UPDATE OF c
"""

_USED = f"""
    SELECT coalesce(sum(quantity - shipped_qty), 0)::int AS used FROM inventory_reservation
    WHERE bucket_id = %(bucket)s::bigint AND channel_id = %(channel)s::bigint AND kind = {int(HoldKind.SPOT)}
      AND state IN ({int(HoldState.HELD)}, {int(HoldState.SOLD)})
"""  # noqa: S608 - built from fixed names only
