"""A channel's terms for holds: how long they last and how much one member may hold (C-08)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from inventory import hooks
from inventory.choices import HoldState
from inventory.exceptions import HoldLimitExceeded, LimitLine
from inventory.selectors.availability import sellable
from inventory.selectors.buckets import sku_codes
from vmi.core.db import fetch_prepared
from vmi.core.exceptions import NotFound
from vmi.core.sources import Source
from vmi.core.tenancy import current_namespace


@dataclass(frozen=True, slots=True)
class Terms:
    """What a channel grants: minutes (None: ask the store, then the namespace) and limits (None: none)."""

    cart_hold_minutes: int | None
    order_hold_minutes: int | None
    hold_units_max: int | None
    hold_share_max: int | None
    has_cart: bool

    @property
    def is_limited(self) -> bool:
        """Whether the channel bounds what one member may hold."""
        return self.hold_units_max is not None or self.hold_share_max is not None


@dataclass(frozen=True, slots=True)
class Growth:
    """What a member would hold more of one SKU; ``line`` is the number of the line that asks."""

    line: int
    units: int


def terms_of(channel_id: int, cart: Source) -> Terms:
    """The terms of a channel, and whether this cart holds anything in it. Raises NotFound."""
    rows = fetch_prepared(_TERMS, {"channel": channel_id, "source_type": cart.type, "source_sn": cart.sn})
    if not rows:
        raise NotFound(param="channel")
    return Terms(**rows[0])


def cart_minutes(terms: Terms) -> int:
    """Minutes a cart keeps its goods: the channel's, else the namespace's (stores set none for carts)."""
    return terms.cart_hold_minutes or int(current_namespace().cart_hold_minutes)


def order_minutes(terms: Terms, channel_id: int) -> int:
    """Minutes an unpaid order keeps its goods: the channel's, else its store's, else the namespace's."""
    found = terms.order_hold_minutes or hooks.store_minutes(channel_id)
    return found or int(current_namespace().order_hold_minutes)


def lock_owner(cart: Source) -> None:
    """Let one owner's hold commands pass one at a time, until the transaction ends: for limits and line numbers."""
    fetch_prepared(_LOCK_OWNER, {"owner": cart.subject})


def check_limits(
    *, channel_id: int, partner_id: int | None, terms: Terms, growth: Mapping[int, Growth], at: datetime
) -> None:
    """Refuse what would let a member hold more of a SKU than the channel allows; ``growth`` by SKU id.

    The owner must be locked. Counted are the member's live holds in the channel, carts and unpaid orders; the
    share is taken of what is sellable now plus what they hold themselves, and allows one unit at least. Holding
    less never fails. Raises HoldLimitExceeded with the figures of every line beyond.
    """
    asking = {sku_id: wanted for sku_id, wanted in growth.items() if wanted.units > 0}
    if partner_id is None or not terms.is_limited or not asking:
        return
    params = {"partner": partner_id, "channel": channel_id, "skus": sorted(asking), "now": at}
    held = {row["sku_id"]: row["quantity"] for row in fetch_prepared(_HELD, params)}
    limits = _limits(channel_id, terms, sorted(asking), held)
    beyond = [sku_id for sku_id, wanted in asking.items() if held.get(sku_id, 0) + wanted.units > limits[sku_id]]
    if not beyond:
        return
    codes = sku_codes(beyond)
    raise HoldLimitExceeded(
        [
            LimitLine(
                line=asking[sku_id].line,
                sku=codes[sku_id],
                wanted=asking[sku_id].units,
                held=held.get(sku_id, 0),
                limit=limits[sku_id],
            )
            for sku_id in beyond
        ]
    )


def _limits(channel_id: int, terms: Terms, sku_ids: Sequence[int], held: Mapping[int, int]) -> dict[int, int]:
    """The most units of each SKU the member may hold."""
    limits: dict[int, list[int]] = {sku_id: [] for sku_id in sku_ids}
    if terms.hold_units_max is not None:
        for sku_id in sku_ids:
            limits[sku_id].append(terms.hold_units_max)
    if terms.hold_share_max is not None:
        for sku_id, units in sellable(channel_id, sku_ids).items():
            share = (max(units, 0) + held.get(sku_id, 0)) * terms.hold_share_max // 100
            limits[sku_id].append(max(share, 1))
    return {sku_id: min(found) for sku_id, found in limits.items()}


_TERMS = f"""
    SELECT c.cart_hold_minutes, c.order_hold_minutes, c.hold_units_max, c.hold_share_max,
           EXISTS (SELECT 1 FROM inventory_reservation r
                   WHERE r.source_type = %(source_type)s AND r.source_sn = %(source_sn)s
                     AND r.channel_id = c.id AND r.state = {int(HoldState.HELD)}) AS has_cart
    FROM inventory_channel c WHERE c.id = %(channel)s::bigint
"""  # noqa: S608 - built from fixed names only

_LOCK_OWNER = """
    SELECT pg_advisory_xact_lock(hashtextextended('hold:' || current_schema() || ':' || %(owner)s, 0))::text AS locked
"""

_HELD = f"""
    SELECT l.sku_id, sum(r.quantity)::int AS quantity
    FROM inventory_reservation r
    JOIN inventory_channelstock c ON c.id = r.bucket_id
    JOIN inventory_allocationpool p ON p.id = c.pool_id
    JOIN inventory_logicalstock l ON l.id = p.logical_id
    WHERE r.partner_id = %(partner)s::bigint AND r.channel_id = %(channel)s::bigint
      AND r.state = {int(HoldState.HELD)} AND r.expires_at > %(now)s::timestamptz
      AND l.sku_id = ANY(%(skus)s::bigint[])
    GROUP BY l.sku_id
"""  # noqa: S608 - built from fixed names only
