"""Whether a document still waits for goods, for the apps that ship it."""

from dataclasses import dataclass
from datetime import date

from inventory.choices import HoldKind, HoldState
from vmi.core.db import fetch_prepared
from vmi.core.sources import Source

_WAITING = f"""
    SELECT sum(quantity) FILTER (WHERE state <= {int(HoldState.SOLD)})::int AS units,
           sum(quantity) FILTER (WHERE state = {int(HoldState.RELEASED)})::int AS lost,
           CASE WHEN bool_and(promised_on IS NOT NULL) FILTER (WHERE state <= {int(HoldState.SOLD)})
                THEN max(promised_on) FILTER (WHERE state <= {int(HoldState.SOLD)}) END AS promised_on
    FROM inventory_reservation
    WHERE source_type = %(source_type)s AND source_sn = %(source_sn)s AND kind > {int(HoldKind.SPOT)}
"""  # noqa: S608 - built from fixed names only


@dataclass(frozen=True, slots=True)
class Waiting:
    """Units of a document that wait for goods until ``promised_on`` (None: some have no day), units given up."""

    units: int
    lost: int
    promised_on: date | None

    @property
    def is_complete(self) -> bool:
        """Whether everything promised is there."""
        return self.units == 0 and self.lost == 0


_PROMISED = f"""
    SELECT line_no, sum(quantity)::int AS units FROM inventory_reservation
    WHERE source_type = %(source_type)s AND source_sn = %(source_sn)s
      AND state IN ({int(HoldState.HELD)}, {int(HoldState.SOLD)}, {int(HoldState.SHIPPED)})
    GROUP BY line_no
"""  # noqa: S608 - built from fixed names only


def promised_by_line(source: Source) -> dict[int, int]:
    """Units of a document that are held, sold or shipped, by line; a line that lost everything is left out."""
    rows = fetch_prepared(_PROMISED, {"source_type": source.type, "source_sn": source.sn})
    return {row["line_no"]: row["units"] for row in rows}


def waiting_of(source: Source) -> Waiting:
    """What a document still waits for; one indexed statement."""
    (row,) = fetch_prepared(_WAITING, {"source_type": source.type, "source_sn": source.sn})
    return Waiting(row["units"] or 0, row["lost"] or 0, row["promised_on"])
