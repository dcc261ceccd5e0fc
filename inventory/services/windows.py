"""Quotas for a time: what a channel did not sell when its window ends goes back (S001-29).

Nobody has to wait for the sweep: a bucket outside its window sells nothing, whatever its figures say.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from inventory.locks import lock_bucket
from inventory.models import ChannelStock
from inventory.services.quota import return_quota
from inventory.services.quota_lines import QuotaReturn
from inventory.services.quota_rows import lock_rows
from vmi.core import clock
from vmi.core.actors import Actor, system_actor
from vmi.core.audit import audit
from vmi.core.commands import command
from vmi.core.db import fetch_prepared
from vmi.core.exceptions import InvalidRequest
from vmi.core.sources import Source

RETURNED_MAX = 100
"""Buckets returned in one transaction."""

WINDOW_SOURCE = "window"


@command
def set_window(
    *,
    bucket_id: int,
    effective_from: datetime | None,
    effective_to: datetime | None,
    may_borrow: bool | None = None,
    actor: Actor,
    dry_run: bool = False,
) -> ChannelStock:
    """Say from when to when a channel's own quota is sold, and whether the channel may sell shared quotas beside it.

    Raises NotFound, InvalidRequest for a shared bucket or an end that is not after the beginning.
    """
    if effective_from and effective_to and effective_from >= effective_to:
        raise InvalidRequest(_("The end must be after the beginning."), code="window_invalid", param="effectiveTo")
    bucket = lock_bucket(bucket_id)
    if bucket.channel_id is None:
        raise InvalidRequest(_("Only a channel's own quota has a time window."), code="window_shared", param="bucket")
    wanted = {
        "effective_from": effective_from,
        "effective_to": effective_to,
        "may_borrow": bucket.may_borrow if may_borrow is None else may_borrow,
    }
    before = {name: getattr(bucket, name) for name in wanted}
    ChannelStock.objects.filter(pk=bucket_id).update(**wanted)
    audit(bucket, before, wanted, actor=actor)
    bucket.refresh_from_db()
    return bucket


@command
def return_expired_quotas(*, limit: int = RETURNED_MAX, actor: Actor | None = None) -> int:
    """Return the unsold rest of one chunk of buckets whose window ended; returns how many buckets.

    It goes to the default pool's shared bucket of the same logical row. What is still held returns at a later call,
    when it was released.
    """
    now = clock.now()
    ended = fetch_prepared(_ENDED, {"now": now, "limit": limit})
    if ended:
        lock_rows({row["logical_id"] for row in ended})
        ended = still_ended(ended, now)
    if not ended:
        return 0
    return_quota(
        lines=[QuotaReturn(number, row["id"]) for number, row in enumerate(ended, start=1)],
        source=Source(WINDOW_SOURCE, f"{now:%Y%m%d%H%M%S%f}"),
        actor=actor or system_actor("quota window"),
    )
    return len(ended)


def still_ended(rows: Sequence[dict[str, Any]], now: datetime) -> list[dict[str, Any]]:
    """Those of the locked buckets nobody prolonged, or bought empty, before they were locked."""
    return fetch_prepared(_STILL_ENDED, {"now": now, "ids": [row["id"] for row in rows]})


_PAST = """
    c.effective_to <= %(now)s::timestamptz AND c.channel_id IS NOT NULL
    AND c.base_quota_qty > c.held_qty + c.sold_qty + c.frozen_qty
"""

_ENDED = f"""
    SELECT c.id, p.logical_id FROM inventory_channelstock c JOIN inventory_allocationpool p ON p.id = c.pool_id
    WHERE {_PAST} ORDER BY c.id LIMIT %(limit)s::int
"""  # noqa: S608 - built from fixed names only

_STILL_ENDED = f"""
    SELECT c.id FROM inventory_channelstock c WHERE {_PAST} AND c.id = ANY(%(ids)s::bigint[]) ORDER BY c.id
"""  # noqa: S608 - built from fixed names only
