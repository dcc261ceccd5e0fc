"""Units withheld from sale, and units given back to it: the moves under every change of safety stock."""

from collections.abc import Mapping

from inventory.choices import Counter, Layer, Purpose
from inventory.exceptions import UnitsPromised
from inventory.services.movement import WHOLE_DOCUMENT, Change, Context, move, move_layers
from inventory.services.promises import serve_waiting
from inventory.services.quota import follow_pools
from inventory.services.quota_rows import lock_rows
from inventory.services.rebalance import Trim, cover_shortage, lower_shortage, make_room
from vmi.core.db import fetch_prepared
from vmi.core.exceptions import NotFound


def withhold(units: Mapping[int, int], context: Context) -> tuple[dict[int, int], list[Trim]]:
    """Withhold up to these units by logical row; returns what could be taken, and which buckets gave.

    Takes unassigned units first and open parts of pools then, never what is held or sold, and nothing while promises
    of the row lack their goods.
    """
    wanted = {key: amount for key, amount in units.items() if amount > 0}
    if not wanted:
        return {}, []
    try:
        trims = make_room(units=wanted, context=context, allow_shortage=False)
    except UnitsPromised as refusal:
        wanted |= {line["logical"]: line["available"] for line in refusal.lines}
        wanted = {key: amount for key, amount in wanted.items() if amount > 0}
        trims = make_room(units=wanted, context=context, allow_shortage=False) if wanted else []
    move(
        Layer.LOGICAL,
        [Change(key, WHOLE_DOCUMENT, {Counter.SAFETY: amount}) for key, amount in wanted.items()],
        context,
    )
    return wanted, trims


def give_back(units: Mapping[int, int], context: Context, *, bucket_id: int | None = None) -> dict[int, int]:
    """Stop withholding these units by logical row and offer them in the default pool; returns what is offered.

    They join the pool's shared bucket (and percentages of the pool follow), or ``bucket_id`` of it, and serve paid
    orders that wait there at once. Units that promises without goods or a deficit swallow are not offered.
    """
    freed = {key: amount for key, amount in units.items() if amount > 0}
    if not freed:
        return {}
    ids = sorted(freed)
    lock_rows(ids)  # what follows takes rows of other buckets too: percentages, orders that wait
    offered = cover_shortage(arriving=freed, context=context)
    chains = fetch_prepared(_SHARED, {"ids": ids})
    move_layers(
        [
            (
                Layer.CHANNEL,
                [
                    Change(
                        bucket_id or chain["bucket_id"],
                        WHOLE_DOCUMENT,
                        {Counter.BASE_QUOTA: offered[chain["logical_id"]]},
                    )
                    for chain in chains
                ],
            ),
            (
                Layer.POOL,
                [
                    Change(chain["pool_id"], WHOLE_DOCUMENT, {Counter.QUOTA: offered[chain["logical_id"]]})
                    for chain in chains
                ],
            ),
            (Layer.LOGICAL, [Change(key, WHOLE_DOCUMENT, {Counter.SAFETY: -freed[key]}) for key in ids]),
        ],
        context,
    )
    lower_shortage(logical_ids=ids, context=context)
    if bucket_id is None:
        follow_pools(pool_ids=[chain["pool_id"] for chain in chains], context=context)
    serve_waiting(bucket_ids=[bucket_id or chain["bucket_id"] for chain in chains], context=context)
    return offered


def channel_bucket(logical_id: int, channel_id: int) -> int:
    """The channel's own bucket in the default pool of a row, opened if need be.

    Raises NotFound, also for a channel that does not sell from there.
    """
    params = {"logical": logical_id, "channel": channel_id}
    fetch_prepared(_OPEN_BUCKET, params)
    rows = fetch_prepared(_BUCKET, params)
    if not rows:
        raise NotFound(param="channel")
    return int(rows[0]["id"])


_SHARED = f"""
    SELECT p.logical_id, p.id AS pool_id, c.id AS bucket_id
    FROM inventory_allocationpool p JOIN inventory_channelstock c ON c.pool_id = p.id AND c.channel_id IS NULL
    WHERE p.logical_id = ANY(%(ids)s::bigint[]) AND p.purpose = {int(Purpose.NORMAL)} ORDER BY p.logical_id
"""  # noqa: S608 - built from fixed names only

_SOLD_BY = """
    FROM inventory_allocationpool p JOIN inventory_logicalstock l ON l.id = p.logical_id
    JOIN inventory_channelsource s ON s.warehouse_id = l.warehouse_id AND s.owner_id = l.owner_id
"""

_OPEN_BUCKET = f"""
    INSERT INTO inventory_channelstock (pool_id, channel_id)
    SELECT p.id, s.channel_id {_SOLD_BY}
    WHERE l.id = %(logical)s::bigint AND p.purpose = {int(Purpose.NORMAL)} AND s.channel_id = %(channel)s::bigint
    ON CONFLICT (pool_id, channel_id) DO NOTHING
"""

_BUCKET = f"""
    SELECT c.id {_SOLD_BY} JOIN inventory_channelstock c ON c.pool_id = p.id AND c.channel_id = s.channel_id
    WHERE l.id = %(logical)s::bigint AND p.purpose = {int(Purpose.NORMAL)} AND s.channel_id = %(channel)s::bigint
"""
