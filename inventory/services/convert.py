"""``convert_cart_hold``: the goods in a cart become the goods of an order, without a moment in between (C-08).

The hold itself changes hands: same row, same bucket, no counter moves, so there is no gap and nothing counts twice,
and an own hold never blocks its owner.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from inventory.services import hold_rows
from inventory.services.deadlines import keep_oversell_minutes
from inventory.services.hold_rows import Hand, HeldRow
from inventory.services.reserve import Hold, ReserveLine, reserve
from inventory.services.terms import Growth, check_limits, lock_owner, terms_of
from vmi.core import clock
from vmi.core.actors import Actor
from vmi.core.commands import command
from vmi.core.db import fetch_prepared
from vmi.core.sources import Source


@dataclass(frozen=True, slots=True)
class Taker:
    """The order that takes goods over: its channel, reference, deadline, member, and when it was placed."""

    channel_id: int
    source: Source
    expires_at: datetime
    partner_id: int | None
    actor: Actor
    placed_at: datetime | None = None


@command
def hold_for_order(*, taker: Taker, lines: Sequence[ReserveLine], cart: Source) -> list[Hold]:
    """Hold the lines of a new order for the owner of a cart: out of the cart where it can, the rest as usual.

    The order's reference must be new. All lines or none, as ``reserve``; the channel's limits count
    (HoldLimitExceeded). An order with an oversold unit has the channel's oversell minutes instead of the taker's
    deadline. An owner with neither cart nor limits costs one statement more than ``reserve``.
    """
    terms = terms_of(taker.channel_id, cart)
    if not terms.has_cart and not terms.is_limited:
        return _reserve(taker, lines)
    if terms.is_limited:
        lock_owner(cart)
    hand = Hand(cart, taker.actor, clock.now())
    skus = {line.sku_id for line in lines}
    rows = hold_rows.lock_holds(source=cart, channel_id=taker.channel_id, sku_ids=skus, at=hand.at)
    rows = hold_rows.drop_expired(rows, hand)
    check_limits(
        channel_id=taker.channel_id,
        partner_id=taker.partner_id,
        terms=terms,
        growth=_growth(lines, rows),
        at=hand.at,
    )
    converted = convert_cart_hold(taker=taker, lines=lines, rows=rows, hand=hand)
    done = {hold.line_no for hold in converted}
    rest = [line for line in lines if line.line_no not in done]
    holds = sorted([*_reserve(taker, rest, joins=bool(done)), *converted], key=lambda hold: hold.line_no)
    hold_rows.settle(rows, hand)
    if taker.placed_at is None:
        return holds
    return keep_oversell_minutes(holds, source=taker.source, placed_at=taker.placed_at)


@command
def convert_cart_hold(*, taker: Taker, lines: Sequence[ReserveLine], rows: Sequence[HeldRow], hand: Hand) -> list[Hold]:
    """Hand the locked cart holds ``rows`` to the order line by line; returns the holds of the lines that have all.

    Another quantity is adjusted first on the hold's own bucket; where that has too little, where a line of several
    holds would have to grow, and where a cart has a SKU twice, the goods are freed, still locked, for the
    reservation that follows.
    """
    matched = _match(lines, rows)
    matched_rows = {row for found in matched.values() for row in found}
    ended = [row for row in rows if row not in matched_rows]
    targets: dict[HeldRow, int] = {}
    for line, found in matched.items():
        total = sum(row.quantity for row in found)
        if total > line.quantity:
            kept, given_up = hold_rows.cut(found, total - line.quantity)
            targets |= kept
            ended += given_up
        elif total < line.quantity and len(found) == 1:
            targets[found[0]] = line.quantity
        elif total < line.quantity:
            ended += found
    if ended or targets:
        skus = {line.sku_id for line in lines}
        hold_rows.lock_buckets(channel_id=taker.channel_id, sku_ids=skus, hand=hand)
    hold_rows.end_holds(ended, hand)
    moved = hold_rows.resize(targets, hand)
    hold_rows.end_holds(moved, hand)
    gone = {*ended, *moved}
    handed = {
        row: replace(line, quantity=targets.get(row, row.quantity))
        for line, found in matched.items()
        for row in found
        if row not in gone
    }
    return _hand_over(handed, taker, hand.at)


def _match(lines: Sequence[ReserveLine], rows: Sequence[HeldRow]) -> dict[ReserveLine, list[HeldRow]]:
    """The cart's line that serves each line of the order, with all its holds; at most one each."""
    of_cart: dict[tuple[int, int], list[HeldRow]] = {}
    for row in rows:
        of_cart.setdefault((row.line_no, row.warehouse_id), []).append(row)
    for line_no, _warehouse in list(of_cart):
        # A line over several warehouses goes to the order as one, unless the order names a warehouse.
        whole = [row for row in rows if row.line_no == line_no]
        of_cart.setdefault((line_no, 0), whole)
    matched: dict[ReserveLine, list[HeldRow]] = {}
    used: set[int] = set()
    for line in lines:
        for (line_no, warehouse_id), found in of_cart.items():
            fits = found[0].sku_id == line.sku_id and (line.warehouse_id or 0) == warehouse_id
            if fits and line_no not in used:
                matched[line] = found
                used.add(line_no)
                break
    return matched


def _hand_over(matched: Mapping[HeldRow, ReserveLine], taker: Taker, at: datetime) -> list[Hold]:
    """Write the order's reference into the holds; they begin anew as the order's."""
    if not matched:
        return []
    params = {
        "ids": [row.id for row in matched],
        "lines": [line.line_no for line in matched.values()],
        "source_type": taker.source.type,
        "source_sn": taker.source.sn,
        "partner": taker.partner_id,
        "expires_at": taker.expires_at,
        "at": at,
    }
    fetch_prepared(_HAND_OVER, params)
    return [
        Hold(row.id, line.line_no, row.sku_id, row.bucket_id, line.quantity, taker.expires_at, row.kind)
        for row, line in matched.items()
    ]


def _reserve(taker: Taker, lines: Sequence[ReserveLine], *, joins: bool = False) -> list[Hold]:
    if not lines:
        return []
    return reserve(
        channel_id=taker.channel_id,
        lines=lines,
        source=taker.source,
        expires_at=taker.expires_at,
        partner_id=taker.partner_id,
        joins=joins,
        placed_at=taker.placed_at,
        actor=taker.actor,
    )


def _growth(lines: Sequence[ReserveLine], rows: Sequence[HeldRow]) -> dict[int, Growth]:
    """What the order holds more of each SKU than the cart did."""
    growth: dict[int, Growth] = {}
    for line in lines:
        known = growth.get(line.sku_id, Growth(line.line_no, 0))
        growth[line.sku_id] = Growth(known.line, known.units + line.quantity)
    for row in rows:
        known = growth[row.sku_id]
        growth[row.sku_id] = Growth(known.line, known.units - row.quantity)
    return growth


_HAND_OVER = """
    UPDATE inventory_reservation r
    SET source_type = %(source_type)s, source_sn = %(source_sn)s, line_no = w.line_no,
        partner_id = %(partner)s::bigint, expires_at = %(expires_at)s::timestamptz, created_at = %(at)s::timestamptz
    FROM unnest(%(ids)s::bigint[], %(lines)s::int[]) AS w(id, line_no) WHERE r.id = w.id
"""
