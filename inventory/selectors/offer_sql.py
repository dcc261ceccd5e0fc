"""Which sellable buckets are open to a channel, as SQL: one wording for reserving, availability and explanations.

A channel sells from its own (exclusive) buckets, and from the bucket a pool shares: that of the default pool as it
is, that of any other pool through a row in ``inventory_channelshare``. A bucket outside its window sells nothing
(S001-29). An own bucket in force that may not borrow closes the shared buckets of the same goods.
"""

from inventory.choices import HoldKind, HoldState, Purpose


def in_window(bucket: str, at: str) -> str:
    """SQL: ``bucket`` sells at the instant ``at`` (both SQL names or parameters)."""
    return (
        f"({bucket}.effective_from IS NULL OR {bucket}.effective_from <= {at})"
        f" AND ({bucket}.effective_to IS NULL OR {bucket}.effective_to > {at})"
    )


JOIN_BUCKETS = f"""
    JOIN inventory_allocationpool p ON p.logical_id = l.id AND p.purpose <> {int(Purpose.INTERNAL)}
    JOIN inventory_channelstock c ON c.pool_id = p.id AND (c.channel_id IS NULL OR c.channel_id = s.channel_id)
    LEFT JOIN inventory_channelshare x ON x.bucket_id = c.id AND x.channel_id = s.channel_id
"""
"""From a source ``s`` and its logical row ``l`` to pools ``p``, buckets ``c`` and the channel's shares ``x``."""

OPEN = "c.base_quota_qty - c.held_qty - c.sold_qty - c.frozen_qty"
"""Units of the quota nobody was promised; expired holds still counted."""

OPEN_PRESALE = "c.presale_qty - c.presale_held_qty - c.presale_sold_qty"
"""Units on their way nobody was promised."""

OPEN_OVERSELL = (
    "CASE WHEN c.oversell_enabled AND c.shortage_qty = 0"
    " THEN c.oversell_limit_qty - c.oversold_held_qty - c.oversold_sold_qty ELSE 0 END"
)
"""Units beyond the goods that may still be promised; none while confirmed losses have not been made good."""


def is_open(at: str) -> str:
    """SQL condition over ``s``, ``l``, ``p``, ``c``, ``x``: the bucket is open to the channel at the instant.

    ``OFFSET 0`` leads the planner through the few pools of a row, never through all the buckets a channel owns.
    """
    return f"""
        {in_window("c", at)}
        AND (c.channel_id IS NOT NULL
             OR ((p.purpose = {int(Purpose.NORMAL)} OR x.id IS NOT NULL)
                 AND NOT EXISTS (
                     SELECT 1 FROM (SELECT k.id FROM inventory_allocationpool k WHERE k.logical_id = l.id OFFSET 0) bp
                     CROSS JOIN LATERAL (
                         SELECT 1 FROM inventory_channelstock b
                         WHERE b.pool_id = bp.id AND b.channel_id = s.channel_id AND NOT b.may_borrow
                           AND {in_window("b", at)} OFFSET 0
                     ) closed)))
    """  # noqa: S608 - built from fixed names only


BEST_FIRST = f"c.channel_id NULLS LAST, p.purpose = {int(Purpose.NORMAL)}"
"""SQL order: the channel's own quota before shared ones, campaigns before the default pool."""


def join_expired(at: str) -> str:
    """SQL: what each kind of promise on bucket ``c`` gets back from expired holds at an instant, as ``e``.

    ``e.own`` is the part of ``e.spot`` that counts against the cap of the channel of ``s``.
    """
    kinds = ", ".join(
        f"coalesce(sum(r.quantity) FILTER (WHERE r.kind = {int(kind)}), 0)::int AS {kind.name.lower()}"
        for kind in HoldKind
    )
    own = f"r.kind = {int(HoldKind.SPOT)} AND r.channel_id = s.channel_id"
    return f"""
        CROSS JOIN LATERAL (
            SELECT {kinds}, coalesce(sum(r.quantity) FILTER (WHERE {own}), 0)::int AS own
            FROM inventory_reservation r
            WHERE r.bucket_id = c.id AND r.state = {int(HoldState.HELD)} AND r.expires_at <= {at}
        ) e
    """  # noqa: S608 - built from fixed names only


SPOT_NOW = f"greatest(least({OPEN} + e.spot, x.cap_qty - x.used_qty + e.own), 0)"
"""Units of goods a bucket has for the channel, expired holds no longer counted; with ``join_expired``."""

PRESALE_NOW = f"CASE WHEN x.cap_qty IS NULL THEN greatest({OPEN_PRESALE} + e.presale, 0) ELSE 0 END"
"""Units on their way it may promise; a capped channel sells goods only."""

OVERSELL_NOW = (
    "CASE WHEN x.cap_qty IS NULL AND c.oversell_enabled AND c.shortage_qty = 0"
    " THEN greatest(c.oversell_limit_qty - c.oversold_held_qty - c.oversold_sold_qty + e.oversold, 0) ELSE 0 END"
)
"""Units beyond the goods it may promise."""
