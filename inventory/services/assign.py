"""Where received goods go: to paid promises that wait, by the row's rules, by its channels' rules, else to all.

All is the default shared bucket.

A rule names a percentage of every receipt, rounded down to whole units. Rules that come to more than 100 % are served
in their order, a row's own before those of channels. Buckets with a percentage of their pool follow it afterwards.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from inventory.choices import Counter, HoldKind, HoldState, Layer, Purpose
from inventory.services.movement import Change, Context, move
from inventory.services.pools import ensure_buckets
from inventory.services.quota_plan import follow_percents
from inventory.services.quota_rows import QuotaRow, apply_cuts, lock_rows, read_rows, tell_moved
from inventory.services.rows import Chain
from inventory.services.trimming import Part
from vmi.core.db import fetch_prepared

Offer = tuple[Chain, int, int]
"""A chain, the line of the document, and the units that may be offered."""


def assign(offers: Sequence[Offer], context: Context) -> set[int]:
    """Raise buckets and pools by what was received; returns the buckets that gained.

    One cheap statement where no rule and no percentage is at work: then the default shared bucket takes all.
    """
    logical_ids = sorted({chain.logical_id for chain, _line, _units in offers})
    ruled = {row["id"] for row in fetch_prepared(_RULED, {"ids": logical_ids})}
    plain = [offer for offer in offers if offer[0].logical_id not in ruled]
    raised = {chain.bucket_id for chain, _line, units in plain if units}
    if ruled:
        lock_rows(logical_ids)
        raised |= _assign_by_rules([offer for offer in offers if offer[0].logical_id in ruled], context)
    buckets = [Change(chain.bucket_id, line_no, {Counter.BASE_QUOTA: units}) for chain, line_no, units in plain]
    move(Layer.CHANNEL, buckets, context)
    pools = [Change(chain.pool_id, line_no, {Counter.QUOTA: units}) for chain, line_no, units in plain]
    move(Layer.POOL, pools, context)
    return raised


def _assign_by_rules(offers: Sequence[Offer], context: Context) -> set[int]:
    """Share the units of locked rows out by their rules; returns the buckets that gained."""
    logical_ids = sorted({chain.logical_id for chain, _line, _units in offers})
    rules = _rules(logical_ids)
    ensure_buckets(
        {(key, purpose, channel) for key, found in rules.items() for purpose, channel, _percent in found}
        | {(key, Purpose.NORMAL, None) for key in logical_ids},
        {},
    )
    rows, waiting = read_rows(logical_ids), _waiting(logical_ids)
    for chain, line_no, units in offers:
        row = rows[chain.logical_id]
        rest = _serve_first(row, waiting[chain.logical_id], line_no, units)
        _share_out(row, rules[chain.logical_id], line_no, rest)
    for row in rows.values():
        follow_percents(row)
    apply_cuts(rows.values(), context)
    tell_moved(rows.values(), context)
    return {
        part.bucket_id for row in rows.values() for part in row.parts if part.cut < 0 and part.bucket_id is not None
    }


def _serve_first(row: QuotaRow, waiting: list[list[int]], line_no: int, units: int) -> int:
    """Give the buckets of waiting paid promises what those need, oldest first; returns the rest."""
    for need in waiting:
        part = min(need[1], units)
        if part:
            _take(next(part for part in row.parts if part.bucket_id == need[0]), part, line_no)
        need[1] -= part
        units -= part
    return units


def _share_out(row: QuotaRow, rules: Sequence[tuple[Purpose, int | None, int]], line_no: int, units: int) -> None:
    """Give each rule its part and the default shared bucket the rest."""
    rest = units
    for purpose, channel_id, percent in rules:
        part = min(units * percent // 100, rest)
        _take(_bucket(row, purpose, channel_id), part, line_no)
        rest -= part
    _take(_bucket(row, Purpose.NORMAL, None), rest, line_no)


def _take(part: Part, units: int, line_no: int) -> None:
    part.line_no = line_no if not part.cut or part.line_no == line_no else 0
    part.cut -= units


def _bucket(row: QuotaRow, purpose: Purpose, channel_id: int | None) -> Part:
    return next(
        part
        for part in row.parts
        if part.bucket_id is not None and part.row["purpose"] == purpose and part.channel_id == channel_id
    )


def _waiting(logical_ids: Sequence[int]) -> dict[int, list[list[int]]]:
    """[bucket, units] by logical row: what waiting paid promises need beyond what their bucket has, oldest first."""
    found: dict[int, list[list[int]]] = defaultdict(list)
    spare: dict[int, int] = {}
    for row in fetch_prepared(_WAITING, {"ids": list(logical_ids)}):
        left = spare.setdefault(row["bucket_id"], row["open_qty"])
        spare[row["bucket_id"]] = max(left - row["quantity"], 0)
        if need := max(row["quantity"] - left, 0):
            found[row["logical_id"]].append([row["bucket_id"], need])
    return found


def _rules(logical_ids: Sequence[int]) -> dict[int, list[tuple[Purpose, int | None, int]]]:
    """(purpose, channel, percent) by logical row, the row's own before those of channels."""
    found: dict[int, dict[tuple[int, int | None], dict[str, Any]]] = defaultdict(dict)
    for row in fetch_prepared(_RULES, {"ids": list(logical_ids)}):
        found[row["logical_id"]].setdefault((row["purpose"], row["channel_id"]), row)
    return {
        key: [(Purpose(row["purpose"]), row["channel_id"], row["percent"]) for row in found[key].values()]
        for key in logical_ids
    }


_SELLS = """EXISTS (SELECT 1 FROM inventory_channelsource s
    WHERE s.channel_id = r.channel_id AND s.warehouse_id = l.warehouse_id AND s.owner_id = l.owner_id)"""

_RULED = f"""
    SELECT l.id FROM inventory_logicalstock l WHERE l.id = ANY(%(ids)s::bigint[]) AND (
        EXISTS (SELECT 1 FROM inventory_assignmentrule r
                WHERE r.logical_id = l.id OR (r.logical_id IS NULL AND {_SELLS}))
        OR EXISTS (SELECT 1 FROM inventory_allocationpool p JOIN inventory_channelstock c ON c.pool_id = p.id
                   LEFT JOIN inventory_channelshare h ON h.bucket_id = c.id AND h.cap_percent IS NOT NULL
                   WHERE p.logical_id = l.id AND (
                       coalesce(c.quota_percent, c.oversell_percent, h.cap_percent) >= 0
                       OR (c.oversold_sold_qty > 0
                           AND (c.channel_id IS NOT NULL OR p.purpose <> {int(Purpose.NORMAL)}))))
    )
"""  # noqa: S608 - built from fixed names only

_WAITING = f"""
    SELECT p.logical_id, c.id AS bucket_id, r.quantity,
           greatest(c.base_quota_qty - c.held_qty - c.sold_qty - c.frozen_qty, 0) AS open_qty
    FROM inventory_allocationpool p
    JOIN inventory_channelstock c ON c.pool_id = p.id AND c.oversold_sold_qty > 0
    JOIN inventory_reservation r ON r.bucket_id = c.id AND r.kind = {int(HoldKind.OVERSOLD)}
     AND r.state = {int(HoldState.SOLD)}
    WHERE p.logical_id = ANY(%(ids)s::bigint[])
    ORDER BY r.id
"""  # noqa: S608 - built from fixed names only

_RULES = f"""
    SELECT l.id AS logical_id, r.purpose, r.channel_id, r.percent
    FROM inventory_logicalstock l
    JOIN inventory_assignmentrule r ON r.logical_id = l.id OR (r.logical_id IS NULL AND {_SELLS})
    WHERE l.id = ANY(%(ids)s::bigint[])
    ORDER BY l.id, r.logical_id IS NULL, r.id
"""  # noqa: S608 - built from fixed names only
