"""Which sellable buckets may serve a channel, and what each of them has to give."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from inventory.choices import HoldKind, Purpose, WarehouseChoice
from inventory.selectors.offer_sql import JOIN_BUCKETS, OPEN, OPEN_OVERSELL, OPEN_PRESALE, is_open
from vmi.core.db import fetch_prepared


@dataclass(slots=True)
class Offer:
    """A bucket open to a channel and the units of each kind it can promise; counted down while lines are served.

    ``cap_qty`` is what the channel may still take of it (None: no cap); a capped channel takes goods only.
    """

    bucket_id: int
    sku_id: int
    logical_id: int
    warehouse_id: int
    is_exclusive: bool
    is_normal: bool
    priority: int
    spot_qty: int
    presale_qty: int
    oversell_qty: int
    share_id: int | None
    cap_qty: int | None
    warehouse_choice: int
    may_split: bool

    def units(self, kind: HoldKind) -> int:
        """What can be promised of this kind."""
        if kind == HoldKind.SPOT:
            return max(self.spot_qty if self.cap_qty is None else min(self.spot_qty, self.cap_qty), 0)
        if self.cap_qty is not None:
            return 0
        return max(self.presale_qty if kind == HoldKind.PRESALE else self.oversell_qty, 0)

    @property
    def total(self) -> int:
        """What can be promised of all kinds together."""
        return sum(self.units(kind) for kind in HoldKind)

    def take(self, kind: HoldKind, units: int) -> None:
        """Count ``units`` as promised."""
        if kind == HoldKind.SPOT:
            self.spot_qty -= units
            self.cap_qty = None if self.cap_qty is None else self.cap_qty - units
        elif kind == HoldKind.PRESALE:
            self.presale_qty -= units
        else:
            self.oversell_qty -= units


Offers = Mapping[int, list[Offer]]
"""The offers by SKU id, best first."""


def offers_of(channel_id: int, sku_ids: Collection[int], *, at: datetime) -> Offers:
    """What every open bucket of these SKUs has for a channel at an instant; expired holds still counted."""
    return sort_offers(fetch_prepared(OFFERS, {"channel": channel_id, "skus": sorted(sku_ids), "at": at}))


def sort_offers(rows: Collection[dict[str, Any]]) -> Offers:
    """Offers by SKU, best first: own quota, then campaigns, then as the channel chooses its warehouses."""
    found: dict[int, list[Offer]] = defaultdict(list)
    for row in rows:
        found[row["sku_id"]].append(Offer(**row))
    for offers in found.values():
        offers.sort(key=_preference)
    return found


def _preference(offer: Offer) -> tuple[bool, bool, int, int, int]:
    most = -offer.spot_qty if offer.warehouse_choice == WarehouseChoice.MOST_STOCK else 0
    return (not offer.is_exclusive, offer.is_normal, most, offer.priority, offer.bucket_id)


def sku_codes(sku_ids: Collection[int]) -> dict[int, str]:
    """The codes of these SKUs, for messages."""
    rows = fetch_prepared(
        "SELECT id, sku FROM catalog_productinfo WHERE id = ANY(%(ids)s::bigint[])", {"ids": sorted(sku_ids)}
    )
    return {row["id"]: row["sku"] for row in rows}


_NORMAL = f"p.purpose = {int(Purpose.NORMAL)}"

OFFERS = f"""
    SELECT c.id AS bucket_id, l.sku_id, l.id AS logical_id, l.warehouse_id, c.channel_id IS NOT NULL AS is_exclusive,
           {_NORMAL} AS is_normal, s.priority,
           {OPEN} AS spot_qty, {OPEN_PRESALE} AS presale_qty, {OPEN_OVERSELL} AS oversell_qty,
           CASE WHEN x.cap_qty IS NOT NULL THEN x.id END AS share_id, x.cap_qty - x.used_qty AS cap_qty,
           h.warehouse_choice, h.may_split
    FROM inventory_channelsource s
    JOIN inventory_channel h ON h.id = s.channel_id
    JOIN inventory_logicalstock l ON l.warehouse_id = s.warehouse_id AND l.owner_id = s.owner_id
    {JOIN_BUCKETS}
    WHERE s.channel_id = %(channel)s::bigint AND l.sku_id = ANY(%(skus)s::bigint[])
      AND {is_open("%(at)s::timestamptz")}
    ORDER BY c.id
"""  # noqa: S608 - built from fixed names only
"""In key order, so that ``FOR UPDATE OF c`` may follow."""
