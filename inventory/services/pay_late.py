"""A payment that comes after its holds were reclaimed: the goods are taken again if they are still there (C-08)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from inventory.choices import HoldKind, HoldState, Layer
from inventory.exceptions import InsufficientStock, ShortLine
from inventory.selectors.buckets import sku_codes
from inventory.selectors.offer_sql import OPEN, OPEN_OVERSELL, OPEN_PRESALE
from inventory.services import promises_sql
from inventory.services.kinds import SOLD, share_changes
from inventory.services.movement import Change, Context, move
from inventory.services.refused import Missing, note_missing
from inventory.services.release import reclaim_expired
from vmi.core.db import fetch_prepared

Row = dict[str, Any]
"""A reservation as ``post_payment`` locked it."""


@dataclass(frozen=True, slots=True)
class Revival:
    """What each reclaimed row gets: ``goods`` as spot units, ``rest`` as a promise of its own kind."""

    row: Row
    goods: int
    rest: int

    def parts(self) -> list[Row]:
        """The same as rows, one for each kind."""
        spot = {**self.row, "kind": HoldKind.SPOT, "quantity": self.goods}
        return [part for part in (spot, {**self.row, "quantity": self.rest}) if part["quantity"]]


def find_again(rows: Sequence[Row], expired: Sequence[Row], context: Context) -> list[Revival]:
    """What is open for the reclaimed rows among a document's rows, whose buckets stay locked; moves nothing of theirs.

    Goods first, also for promises on goods that were to come: they may have come by now. What others let lapse counts
    as open. Raises InsufficientStock naming every line that finds too little.
    """
    own = sorted({row["bucket_id"] for row in rows})
    fetch_prepared(_LOCK, {"ids": own})
    unpaid = [row["id"] for row in rows if row["state"] == HoldState.HELD]
    fetch_prepared(_KEEP, {"ids": unpaid, "at": context.at})
    buckets = sorted({row["bucket_id"] for row in expired})
    reclaim_expired(bucket_ids=buckets, now=context.at, actor=context.actor)
    room = _room(buckets)
    caps = _caps({row["share_id"] for row in expired if row["share_id"]})
    found, short = [], []
    for row in sorted(expired, key=lambda row: (row["kind"], row["id"])):
        bucket, share, units = room[row["bucket_id"]], row["share_id"], row["quantity"]
        goods = max(min(units, bucket[HoldKind.SPOT], caps[share] if share else units), 0)
        rest = units - goods
        own_kind = HoldKind(row["kind"])
        more = max(bucket[own_kind], 0) if own_kind != HoldKind.SPOT else 0
        if rest > more:
            short.append((row, goods + more))
            continue
        bucket[HoldKind.SPOT] -= goods
        bucket[own_kind] -= rest
        if share:
            caps[share] -= goods
        found.append(Revival(row, goods, rest))
    if short:
        _note(short, context)
        raise InsufficientStock(_short_lines(short))
    return found


def _note(short: Sequence[tuple[Row, int]], context: Context) -> None:
    """A buyer who paid and goes without is refused demand too."""
    first = short[0][0]
    note_missing(
        [Missing(row["sku_id"], row["quantity"] - units, row["warehouse_id"]) for row, units in short],
        channel_id=first["channel_id"],
        partner_id=first["partner_id"],
        source=context.source,
    )


def take_again(revivals: Sequence[Revival], rows: Sequence[Row], context: Context) -> list[Row]:
    """Book what was found for rows that are sold by now; returns what was sold, one row for each kind."""
    parts = [part for revival in revivals for part in revival.parts()]
    _turn([revival for revival in revivals if revival.row["kind"] != HoldKind.SPOT and revival.goods], rows)
    move(
        Layer.CHANNEL,
        [
            Change(part["bucket_id"], part["line_no"], {SOLD[HoldKind(part["kind"])]: part["quantity"]})
            for part in parts
        ],
        context,
    )
    move(Layer.SHARE, share_changes(parts, sign=1), context)
    return parts


def _turn(revivals: Sequence[Revival], rows: Sequence[Row]) -> None:
    """Units that were to come and are goods now leave their row and join, or become, the spot row of their line."""
    spots = {(row["line_no"], row["bucket_id"]) for row in rows if row["kind"] == HoldKind.SPOT}
    split = []
    for revival in revivals:
        place = revival.row["line_no"], revival.row["bucket_id"]
        if revival.rest or place in spots:
            split.append(revival)
        else:
            fetch_prepared(promises_sql.TURN, {"ids": [revival.row["id"]]})
        spots.add(place)
    for revival in split:
        fetch_prepared(promises_sql.SPLIT, {"ids": [revival.row["id"]], "units": [revival.goods]})


def _room(buckets: Sequence[int]) -> dict[int, dict[HoldKind, int]]:
    return {
        row["id"]: {kind: row[kind.name.lower()] for kind in HoldKind}
        for row in fetch_prepared(_ROOM, {"ids": buckets})
    }


def _caps(shares: Collection[int]) -> dict[int, int]:
    rows = fetch_prepared(_CAPS, {"ids": sorted(shares)}) if shares else []
    return {row["id"]: row["left_qty"] for row in rows}


def _short_lines(short: Sequence[tuple[Row, int]]) -> list[ShortLine]:
    """The figures of the lines whose goods are gone."""
    codes = sku_codes({row["sku_id"] for row, _units in short})
    return [
        ShortLine(
            line=row["line_no"],
            sku=codes.get(row["sku_id"], str(row["sku_id"])),
            wanted=row["quantity"],
            available=units,
        )
        for row, units in short
    ]


_LOCK = """
    SELECT id FROM inventory_channelstock WHERE id = ANY(%(ids)s::bigint[]) ORDER BY id FOR UPDATE
"""

_KEEP = """
    UPDATE inventory_reservation
    SET expires_at = greatest(expires_at, %(at)s::timestamptz + interval '1 second')
    WHERE id = ANY(%(ids)s::bigint[]) AND expires_at <= %(at)s::timestamptz
"""
"""What is being paid at this moment is not reclaimed with what others let lapse."""

_ROOM = f"""
    SELECT c.id, {OPEN} AS spot, {OPEN_PRESALE} AS presale, {OPEN_OVERSELL} AS oversold
    FROM inventory_channelstock c WHERE c.id = ANY(%(ids)s::bigint[])
"""  # noqa: S608 - built from fixed names only

_CAPS = """
    SELECT id, cap_qty - used_qty AS left_qty FROM inventory_channelshare
    WHERE id = ANY(%(ids)s::bigint[]) ORDER BY id FOR UPDATE
"""
