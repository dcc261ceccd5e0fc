"""Goods that left from another place than they were held on: what the warehouse reports wins where it can be true."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from inventory.choices import Quality
from vmi.core.db import fetch_prepared

if TYPE_CHECKING:
    from inventory.services.outbound import ShippedLine


@dataclass(slots=True)
class _Place:
    """A qualified row and its units that wait for nobody."""

    id: int
    free: int


class ReportedPlaces:
    """The places of a confirmation: which hold a line serves first, and which row its units really leave."""

    def __init__(self, holds: Sequence[dict[str, Any]], lines: "Sequence[ShippedLine]") -> None:
        self._batches: dict[int, str] = {}
        self._places: dict[tuple[int, str, str], _Place] = {}
        codes = sorted({line.location for line in lines if line.location})
        if not codes:
            return
        params = {
            "logicals": sorted({row["logical_id"] for row in holds}),
            "codes": codes,
            "held": sorted({row["physical_id"] for row in holds}),
        }
        for row in fetch_prepared(_PLACES, params):
            self._batches[row["id"]] = row["batch"]
            self._places[row["logical_id"], row["location"], row["batch"]] = _Place(row["id"], row["free_qty"])

    def in_order(self, holds: Sequence[dict[str, Any]], line: "ShippedLine") -> list[dict[str, Any]]:
        """The holds of a line, those on the reported place first."""
        if not line.location:
            return list(holds)
        return sorted(holds, key=lambda row: self._of(row, line) != row["physical_id"])

    def taken_from(self, row: dict[str, Any], line: "ShippedLine", units: int) -> int:
        """The row the units leave: the reported one if so many lie free there, else the one they were held on."""
        place = self._place(row, line) if line.location else None
        if place is None or place.id == row["physical_id"] or place.free < units:
            return int(row["physical_id"])
        place.free -= units
        return place.id

    def _of(self, row: dict[str, Any], line: "ShippedLine") -> int | None:
        place = self._place(row, line)
        return place.id if place else None

    def _place(self, row: dict[str, Any], line: "ShippedLine") -> _Place | None:
        batch = line.batch or self._batches.get(row["physical_id"], "")
        return self._places.get((row["logical_id"], line.location, batch))


def sum_by_hold(shipped: Sequence[tuple[dict[str, Any], int]]) -> dict[int, int]:
    """Units by hold: one hold may be served in several parts."""
    units: dict[int, int] = defaultdict(int)
    for row, quantity in shipped:
        units[row["id"]] += quantity
    return units


_PLACES = f"""
    SELECT s.id, s.logical_id, o.code AS location, b.code AS batch, s.quantity - s.held_qty AS free_qty
    FROM inventory_physicalstock s JOIN warehousing_location o ON o.id = s.location_id
    JOIN inventory_batch b ON b.id = s.batch_id
    WHERE s.id = ANY(%(held)s::bigint[])
       OR (s.logical_id = ANY(%(logicals)s::bigint[]) AND s.quality = {int(Quality.QUALIFIED)}
           AND o.code = ANY(%(codes)s::varchar[]))
"""  # noqa: S608 - built from fixed names only
