"""How long an order that was promised more than there is may stay unpaid (C-08, S001-30)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from inventory.choices import HoldKind, HoldState
from inventory.services.demand import Hold
from vmi.core.db import fetch_prepared
from vmi.core.sources import Source
from vmi.core.tenancy import current_namespace


def keep_oversell_minutes(holds: Sequence[Hold], *, source: Source, placed_at: datetime) -> list[Hold]:
    """Give all holds of an order its oversell minutes from ``placed_at``, if any of them is oversold.

    Minutes are those of the bucket, else of the channel, else of the namespace; the shortest of the lines counts.
    """
    if all(hold.kind != HoldKind.OVERSOLD for hold in holds):
        return list(holds)
    rows = fetch_prepared(
        _KEEP,
        {
            "source_type": source.type,
            "source_sn": source.sn,
            "placed_at": placed_at,
            "minutes": int(current_namespace().oversell_hold_minutes),
        },
    )
    until = {row["id"]: row["expires_at"] for row in rows}
    return [replace(hold, expires_at=until.get(hold.id, hold.expires_at)) for hold in holds]


_KEEP = f"""
    WITH terms AS MATERIALIZED (
        SELECT min(coalesce(c.oversell_minutes, h.oversell_hold_minutes, %(minutes)s::int)) AS minutes
        FROM inventory_reservation r
        JOIN inventory_channelstock c ON c.id = r.bucket_id JOIN inventory_channel h ON h.id = r.channel_id
        WHERE r.source_type = %(source_type)s AND r.source_sn = %(source_sn)s
          AND r.state = {int(HoldState.HELD)} AND r.kind = {int(HoldKind.OVERSOLD)}
    )
    UPDATE inventory_reservation r SET expires_at = %(placed_at)s::timestamptz + terms.minutes * interval '1 minute'
    FROM terms
    WHERE r.source_type = %(source_type)s AND r.source_sn = %(source_sn)s AND r.state = {int(HoldState.HELD)}
    RETURNING r.id, r.expires_at
"""  # noqa: S608 - built from fixed names only
