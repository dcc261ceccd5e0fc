"""Which units leave which pools when the goods no longer back them (I4): a plan on plain values.

Pools give in the order of their priority, the smallest number first: the number says how important a pool is. Pools
of the same priority give in the order of their purpose, normal sale before campaigns. Inside a pool the part that no
bucket offers goes first, then the open part of the shared bucket, then the open parts of exclusive ones. Only when
all of that is gone and goods were really lost or locked do promised units lose their backing, in the same order.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Part:
    """A bucket, or (``bucket_id`` empty) the part of a pool that no bucket offers; ``cut`` is what it gives, units.

    ``line_no`` is the line of the document that changes it, 0 for several or none.
    """

    pool_id: int
    quota: int
    promised: int
    bucket_id: int | None = None
    channel_id: int | None = None
    shortage: int = 0
    row: dict[str, Any] = field(default_factory=dict)
    cut: int = 0
    line_no: int = 0

    @property
    def open(self) -> int:
        """Units that are neither held nor sold."""
        return max(self.quota - self.cut - self.promised, 0)

    @property
    def short(self) -> int:
        """Promised units that the quota no longer covers after the cut."""
        return max(self.promised - (self.quota - self.cut), 0)


def parts_in_order(pools: Iterable[dict[str, Any]], buckets: Iterable[dict[str, Any]]) -> list[Part]:
    """The parts of one logical row's pools in the order in which they give; the internal pool is not among them."""
    by_pool: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for bucket in buckets:
        by_pool[bucket["pool_id"]].append(bucket)
    parts = []
    for pool in sorted(pools, key=lambda row: (row["priority"], row["purpose"], row["id"])):
        of_pool = sorted(by_pool[pool["id"]], key=lambda row: (row["channel_id"] is not None, row["id"]))
        unoffered = pool["quota_qty"] - sum(row["base_quota_qty"] for row in of_pool)
        parts.append(Part(pool["id"], unoffered, 0))
        parts += [
            Part(
                pool["id"],
                row["base_quota_qty"],
                row["held_qty"] + row["sold_qty"] + row["frozen_qty"],
                row["id"],
                row["channel_id"],
                row["shortage_qty"],
                row,
            )
            for row in of_pool
        ]
    return parts


def cut_open(parts: Sequence[Part], units: int) -> int:
    """Take up to ``units`` from what is neither held nor sold; returns what could not be taken."""
    for part in parts:
        step = min(part.open, units)
        part.cut += step
        units -= step
    return units


def cut_promised(parts: Sequence[Part], units: int) -> int:
    """Take up to ``units`` of quota from under promises; returns what no quota is left for."""
    for part in parts:
        step = min(part.quota - part.cut, units)
        part.cut += step
        units -= step
    return units


def cover(parts: Sequence[Part], units: int) -> int:
    """Give up to ``units`` back to promises without backing, the most important pool first; returns what is left."""
    for part in reversed(parts):
        step = min(part.short, units)
        part.cut -= step
        units -= step
    return units


def oversell_limit(row: dict[str, Any], quota: int, short: int) -> int:
    """The limit in units that the bucket's rule gives for this quota, never below what is promised (S001-30).

    A bucket whose promises are not all backed oversells nothing more.
    """
    promised = int(row["oversold_held_qty"] + row["oversold_sold_qty"])
    if short:
        return promised
    if row["oversell_percent"] is not None:
        return max(int(row["oversell_percent"]) * max(quota, 0) // 100, promised)
    if row["oversell_units"] is not None:
        return max(int(row["oversell_units"]), promised)
    return int(row["oversell_limit_qty"])
