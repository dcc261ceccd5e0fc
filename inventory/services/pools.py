"""Pools and buckets that do not exist yet, and the importance of pools (C-41, S001-40)."""

from collections.abc import Collection
from typing import Any

from django.utils.translation import gettext_lazy as _

from inventory.choices import Purpose
from inventory.locks import lock_pool
from inventory.models import AllocationPool
from vmi.core.actors import Actor
from vmi.core.audit import audit
from vmi.core.commands import command
from vmi.core.db import fetch_prepared
from vmi.core.exceptions import InvalidRequest

PRIORITY_MAX = 1_000_000
"""Largest number of a pool's importance, and smallest below zero."""


def ensure_buckets(
    wanted: Collection[tuple[int, Purpose, int | None]], priorities: dict[tuple[int, Purpose], int]
) -> None:
    """Create the missing pools and buckets of (logical row, purpose, channel or None for the shared bucket).

    The caller holds the logical rows locked; unknown channels are left out. ``priorities`` are those of pools that
    are created.
    """
    keys = sorted(wanted, key=lambda key: (key[0], key[1], key[2] or 0))
    params: dict[str, Any] = {
        "logicals": [logical for logical, _purpose, _channel in keys],
        "purposes": [int(purpose) for _logical, purpose, _channel in keys],
    }
    fetch_prepared(_POOLS, {**params, "priorities": [priorities.get(key[:2], 0) for key in keys]})
    fetch_prepared(_BUCKETS, {**params, "channels": [channel for _logical, _purpose, channel in keys]})


@command
def set_priority(*, pool_id: int, priority: int, actor: Actor, dry_run: bool = False) -> int:
    """Say how important a pool is; pools of a smaller number give their units first. Returns the number before.

    Raises NotFound, InvalidRequest for the internal pool, which never gives.
    """
    if not -PRIORITY_MAX <= priority <= PRIORITY_MAX:
        raise InvalidRequest(_("This number is out of bounds."), code="priority_invalid", param="priority")
    pool = lock_pool(pool_id)
    if pool.purpose == Purpose.INTERNAL:
        raise InvalidRequest(
            _("Goods for internal use are promised by their documents."), code="purpose_internal", param="id"
        )
    before = pool.priority
    AllocationPool.objects.filter(pk=pool_id).update(priority=priority)
    audit(pool, {"priority": before}, {"priority": priority}, actor=actor)
    return before


_POOLS = """
    INSERT INTO inventory_allocationpool (logical_id, purpose, priority)
    SELECT DISTINCT ON (w.logical, w.purpose) w.logical, w.purpose, w.priority
    FROM unnest(%(logicals)s::bigint[], %(purposes)s::smallint[], %(priorities)s::int[])
         AS w(logical, purpose, priority)
    JOIN inventory_logicalstock l ON l.id = w.logical
    WHERE NOT EXISTS (SELECT 1 FROM inventory_allocationpool p WHERE p.logical_id = w.logical AND p.purpose = w.purpose)
    ON CONFLICT (logical_id, purpose) DO NOTHING
"""

_BUCKETS = """
    INSERT INTO inventory_channelstock (pool_id, channel_id)
    SELECT DISTINCT p.id, w.channel
    FROM unnest(%(logicals)s::bigint[], %(purposes)s::smallint[], %(channels)s::bigint[])
         AS w(logical, purpose, channel)
    JOIN inventory_allocationpool p ON p.logical_id = w.logical AND p.purpose = w.purpose
    WHERE NOT EXISTS (SELECT 1 FROM inventory_channelstock c
                      WHERE c.pool_id = p.id AND c.channel_id IS NOT DISTINCT FROM w.channel)
      AND (w.channel IS NULL OR EXISTS (SELECT 1 FROM inventory_channel h WHERE h.id = w.channel))
    ON CONFLICT (pool_id, channel_id) DO NOTHING
"""
