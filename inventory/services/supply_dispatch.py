"""Goods that leave one warehouse of ours for another: on their way from the moment they leave (S001-33)."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from inventory.choices import Counter, SupplyKind
from inventory.hooks import Route
from inventory.services.movement import Change, Context
from inventory.services.rows import Chain, ensure_chains
from inventory.services.supply import ExpectLine, insert_lines
from vmi.core.db import fetch_prepared


@dataclass(frozen=True, slots=True)
class Arrivals:
    """What moves at the destination when goods leave for it, and the buckets that may sell them."""

    channel: list[Change]
    logical: list[Change]
    bucket_ids: set[int]


NOTHING = Arrivals([], [], set())
"""The goods leave the house."""


def send_on(shipped: Sequence[tuple[dict[str, Any], int]], route: Route | None, context: Context) -> Arrivals:
    """Open or raise the supply lines of units that leave now; returns what moves at the destination with them.

    Nothing without a route. Units sold to somebody are never on their way to us.

    The caller books these changes together with those of the source, so that goods are never in two places or none.
    """
    units: dict[int, int] = defaultdict(int)
    first: dict[int, dict[str, Any]] = {}
    for row, quantity in shipped:
        if route is None or row["bucket_id"]:
            continue
        units[row["line_no"]] += quantity
        first.setdefault(row["line_no"], row)
    if route is None or not units:
        return NOTHING
    lines = [
        ExpectLine(line_no, first[line_no]["sku_id"], units[line_no], route.due_on, first[line_no]["unit_cost"])
        for line_no in sorted(units)
    ]
    chains = ensure_chains(
        warehouse_id=route.warehouse_id, owner_id=route.owner_id, sku_ids=[line.sku_id for line in lines]
    )
    ids = insert_lines(kind=SupplyKind.TRANSFER, lines=lines, chains=chains, context=context)
    presold = _presell(lines, ids, chains) if route.presale else set()
    return Arrivals(
        [
            Change(chains[line.sku_id].bucket_id, line.line_no, {Counter.PRESALE: line.quantity})
            for line in lines
            if ids[line.line_no] in presold
        ],
        [Change(chains[line.sku_id].logical_id, line.line_no, {Counter.IN_TRANSIT: line.quantity}) for line in lines],
        {chains[line.sku_id].bucket_id for line in lines},
    )


def _presell(lines: Sequence[ExpectLine], ids: dict[int, int], chains: dict[int, Chain]) -> set[int]:
    """Open these units for sale through the shared bucket; lines presold through another one stay as they are."""
    rows = fetch_prepared(
        _PRESELL,
        {
            "ids": [ids[line.line_no] for line in lines],
            "buckets": [chains[line.sku_id].bucket_id for line in lines],
            "units": [line.quantity for line in lines],
        },
    )
    return {row["id"] for row in rows}


_PRESELL = """
    UPDATE inventory_supplyline s SET presale_qty = s.presale_qty + w.units, bucket_id = w.bucket
    FROM unnest(%(ids)s::bigint[], %(buckets)s::bigint[], %(units)s::int[]) AS w(id, bucket, units)
    WHERE s.id = w.id AND (s.presale_qty = 0 OR s.bucket_id = w.bucket)
    RETURNING s.id
"""
