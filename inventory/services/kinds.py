"""Which counters a promise of each kind moves, with the cap row of its channel where there is one."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from inventory.choices import Counter, HoldKind, Layer
from inventory.services.movement import Change

HELD: Final = {
    HoldKind.SPOT: Counter.HELD,
    HoldKind.OVERSOLD: Counter.OVERSOLD_HELD,
    HoldKind.PRESALE: Counter.PRESALE_HELD,
}
"""The counter of unpaid promises of each kind."""

SOLD: Final = {
    HoldKind.SPOT: Counter.SOLD,
    HoldKind.OVERSOLD: Counter.OVERSOLD_SOLD,
    HoldKind.PRESALE: Counter.PRESALE_SOLD,
}
"""The counter of paid, unshipped promises of each kind."""

LEAST_FIRST: Final = (HoldKind.OVERSOLD, HoldKind.PRESALE, HoldKind.SPOT)
"""What is given back first when a promise shrinks: what the buyer would have to wait for."""

Moves = list[tuple[Layer, Iterable[Change]]]
"""Changes by layer, in the fixed order."""


def ended(rows: Sequence[Mapping[str, Any]], counters: Mapping[HoldKind, Counter]) -> Moves:
    """The moves that take these reservations off ``counters`` (``HELD`` or ``SOLD``) and off the caps they used.

    A row carries ``bucket_id``, ``line_no``, ``kind``, ``quantity`` and ``share_id`` (None: no cap).
    """
    return [
        (
            Layer.CHANNEL,
            [
                Change(row["bucket_id"], row["line_no"], {counters[HoldKind(row["kind"])]: -row["quantity"]})
                for row in rows
            ],
        ),
        (Layer.SHARE, share_changes(rows, sign=-1)),
    ]


def share_changes(rows: Iterable[Mapping[str, Any]], *, sign: int) -> list[Change]:
    """What these reservations take of (1) or give back to (−1) the caps of their channels; goods only count."""
    return [
        Change(row["share_id"], row["line_no"], {Counter.SHARE_USED: sign * row["quantity"]})
        for row in rows
        if row["share_id"] is not None and row["kind"] == HoldKind.SPOT
    ]


def waiting_buckets(rows: Iterable[Mapping[str, Any]]) -> set[int]:
    """The buckets in whose promise queue these reservations stand."""
    return {row["bucket_id"] for row in rows if row["kind"] != HoldKind.SPOT}


def share_join(row: str) -> str:
    """SQL: the capped share ``x`` of the channel of a reservation row, if any."""
    return (
        f"LEFT JOIN inventory_channelshare x ON x.bucket_id = {row}.bucket_id"
        f" AND x.channel_id = {row}.channel_id AND x.cap_qty IS NOT NULL"
    )
