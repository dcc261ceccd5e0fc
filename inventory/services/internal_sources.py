"""Where internal outbounds find their goods: units of no pool first, then the default shared bucket; or where told."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from inventory.choices import Counter, Layer, Purpose
from inventory.exceptions import InsufficientStock, ShortLine
from inventory.selectors.buckets import sku_codes
from inventory.services.movement import Change, Context, try_move
from inventory.services.quota_lines import Target
from inventory.services.quota_rows import lock_rows
from inventory.services.rebalance import taken_from_promises
from inventory.services.release import reclaim_expired
from inventory.services.rows import Chain
from vmi.core.db import fetch_prepared
from vmi.core.exceptions import NotFound


@dataclass(frozen=True, slots=True)
class AllocateLine:
    """Units of a SKU that an internal document takes; of the open units of one bucket alone if it is named."""

    line_no: int
    sku_id: int
    quantity: int
    bucket_id: int | None = None

    @property
    def content(self) -> list[int]:
        """What makes it the same line when the document comes again."""
        named = [] if self.bucket_id is None else [self.bucket_id]
        return [self.line_no, self.sku_id, self.quantity, *named]


@dataclass(frozen=True, slots=True)
class Taking:
    """Where a line's units come from: ``unassigned`` of them from no pool, the others from a bucket and its pool."""

    line: AllocateLine
    chain: Chain
    bucket_id: int
    pool_id: int
    unassigned: int

    @property
    def of_bucket(self) -> int:
        """The units the bucket gives."""
        return self.line.quantity - self.unassigned


def plan_takings(lines: Sequence[AllocateLine], chains: dict[int, Chain]) -> list[Taking]:
    """Where the known lines find their units: the rows that have some in no pool are locked, in the fixed order."""
    named = {line.bucket_id for line in lines if line.bucket_id is not None}
    pool_of = {row["id"]: (row["pool_id"], row["logical_id"]) for row in fetch_prepared(_NAMED, {"ids": sorted(named)})}
    known = [line for line in lines if line.sku_id in chains]
    unassigned = _unassigned(
        {chains[line.sku_id].logical_id for line in known if line.bucket_id is None},
        beside={chains[line.sku_id].logical_id for line in known},
    )
    takings = []
    for line in known:
        chain = chains[line.sku_id]
        if line.bucket_id is None:
            units = min(line.quantity, unassigned.get(chain.logical_id, 0))
            takings.append(Taking(line, chain, chain.bucket_id, chain.pool_id, units))
            if units:
                unassigned[chain.logical_id] -= units
            continue
        pool_id, logical_id = pool_of.get(line.bucket_id, (0, 0))
        if logical_id != chain.logical_id:
            raise NotFound(param="bucket")
        takings.append(Taking(line, chain, line.bucket_id, pool_id, 0))
    return takings


def name_buckets(lines: Sequence[AllocateLine], chains: dict[int, Chain], quota: Target) -> list[AllocateLine]:
    """The lines, those that name no bucket with their row's bucket of this quota; without the rows that have none."""
    sku_of = {chain.logical_id: sku_id for sku_id, chain in chains.items()}
    params = {"ids": sorted(sku_of), "purpose": int(quota.purpose), "channel": quota.channel_id}
    found = {sku_of[row["logical_id"]]: row["id"] for row in fetch_prepared(_OF_QUOTA, params)}
    return [
        line if line.bucket_id is not None else replace(line, bucket_id=found[line.sku_id])
        for line in lines
        if line.bucket_id is not None or line.sku_id in found
    ]


def _unassigned(logical_ids: Collection[int], *, beside: Collection[int]) -> dict[int, int]:
    """Units in no pool by logical row, where there are any; then every row of the document is locked at once.

    With its pools and buckets: whoever held one logical row could not wait for the bucket of another, out of order.
    """
    found = fetch_prepared(_UNASSIGNED, {"ids": sorted(logical_ids)})
    if not found:
        return {}
    lock_rows(beside)
    return {row["id"]: row["units"] for row in fetch_prepared(_UNASSIGNED, {"ids": sorted(logical_ids)})}


def take_quota(lines: Sequence[AllocateLine], takings: Sequence[Taking], context: Context) -> None:
    """Lower the buckets; raises InsufficientStock with what there is for every refused line."""
    changes = [
        Change(taking.bucket_id, taking.line.line_no, {Counter.BASE_QUOTA: -taking.of_bucket}) for taking in takings
    ]
    _moved, refused = try_move(Layer.CHANNEL, changes, context)
    if refused and reclaim_expired(bucket_ids=refused, now=context.at, actor=context.actor):
        again = [change for change in changes if change.row_id in refused]
        _moved, refused = try_move(Layer.CHANNEL, again, context)
    lowered = {change.row_id for change in changes} - set(refused)
    beneath = taken_from_promises(bucket_ids=lowered)
    refused = {*refused, *beneath}
    found = {taking.line.line_no: taking for taking in takings}
    short = [line for line in lines if line.line_no not in found or found[line.line_no].bucket_id in refused]
    if not short:
        return
    open_by_bucket = {row["id"]: row["open_qty"] for row in fetch_prepared(_OPEN, {"ids": sorted(refused)})}
    for taking in takings:
        if taking.bucket_id in beneath:
            open_by_bucket[taking.bucket_id] += taking.of_bucket
    codes = sku_codes({line.sku_id for line in short})
    raise InsufficientStock(
        [
            ShortLine(
                line=line.line_no,
                sku=codes.get(line.sku_id, str(line.sku_id)),
                wanted=line.quantity,
                available=_available(found.get(line.line_no), open_by_bucket),
            )
            for line in short
        ]
    )


def _available(taking: Taking | None, open_by_bucket: dict[int, int]) -> int:
    return 0 if taking is None else max(taking.unassigned + open_by_bucket.get(taking.bucket_id, 0), 0)


_NAMED = f"""
    SELECT c.id, p.id AS pool_id, p.logical_id
    FROM inventory_channelstock c JOIN inventory_allocationpool p ON p.id = c.pool_id
    WHERE c.id = ANY(%(ids)s::bigint[]) AND p.purpose <> {int(Purpose.INTERNAL)}
"""  # noqa: S608 - built from fixed names only

_OF_QUOTA = """
    SELECT c.id, p.logical_id FROM inventory_allocationpool p JOIN inventory_channelstock c ON c.pool_id = p.id
    WHERE p.logical_id = ANY(%(ids)s::bigint[]) AND p.purpose = %(purpose)s::smallint
      AND c.channel_id IS NOT DISTINCT FROM %(channel)s::bigint
"""

_UNASSIGNED = """
    SELECT * FROM (
        SELECT l.id, l.physical_base_qty - l.locked_qty - l.safety_qty - (
            SELECT coalesce(sum(p.quota_qty), 0) FROM inventory_allocationpool p WHERE p.logical_id = l.id
        )::int AS units
        FROM inventory_logicalstock l WHERE l.id = ANY(%(ids)s::bigint[])
    ) found WHERE units > 0
"""

_OPEN = """
    SELECT id, base_quota_qty - held_qty - sold_qty - frozen_qty AS open_qty
    FROM inventory_channelstock WHERE id = ANY(%(ids)s::bigint[])
"""
