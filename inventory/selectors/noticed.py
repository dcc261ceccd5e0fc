"""What became of the goods a document had noticed for shipment."""

from dataclasses import dataclass

from inventory.choices import PickState
from inventory.exceptions import ShipmentUnread
from vmi.core.db import fetch_prepared
from vmi.core.sources import Source
from warehousing.selectors import shipped_units


@dataclass(frozen=True, slots=True)
class NoticedLine:
    """Units of one document line: left the building, held back, still waiting."""

    shipped: int
    cancelled: int
    waiting: int


def noticed_lines(source: Source) -> dict[int, NoticedLine]:
    """The lines of a document that had a ship notice, by line number."""
    rows = fetch_prepared(_LINES, {"source_type": source.type, "source_sn": source.sn})
    return {row["line_no"]: NoticedLine(row["shipped"], row["cancelled"], row["waiting"]) for row in rows}


def require_booked(source: Source) -> None:
    """What left must be off the books before the rest counts as held back. Raises ShipmentUnread: ask again later."""
    told = shipped_units(source)
    booked = sum(line.shipped for line in noticed_lines(source).values())
    if told > booked:
        raise ShipmentUnread(details={"source": source.subject, "units": told - booked})


_LINES = f"""
    SELECT line_no, sum(shipped_qty)::int AS shipped,
           coalesce(sum(quantity - shipped_qty) FILTER (WHERE state = {int(PickState.CANCELLED)}), 0)::int AS cancelled,
           coalesce(sum(quantity - shipped_qty) FILTER (WHERE state = {int(PickState.OPEN)}), 0)::int AS waiting
    FROM inventory_physicalhold WHERE source_type = %(source_type)s AND source_sn = %(source_sn)s
    GROUP BY line_no ORDER BY line_no
"""  # noqa: S608 - built from fixed names only
