"""Stocktakes: counting freezes what was expected; submitting hands the differences to somebody else (S001-13)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from inventory import locks
from inventory.choices import Quality, StocktakeState
from inventory.exceptions import StocktakeClosed, UnknownSku
from inventory.models import Stocktake
from vmi.core import clock
from vmi.core.actors import Actor
from vmi.core.commands import command
from vmi.core.db import fetch_prepared
from vmi.core.exceptions import InvalidRequest
from vmi.core.fields import QUANTITY_MAX
from vmi.numbering.services import next_number
from warehousing.selectors import difference_limit, get_warehouse, locations_by_id, require_enabled_owner

LINES_MAX = 5_000
"""Places of one count; a larger warehouse is counted in several documents."""

CHUNK_MAX = 1_000
"""Places written down in one call."""


@dataclass(frozen=True, slots=True)
class CountLine:
    """Units counted on one place; ``batch`` empty for none."""

    sku_id: int
    location_id: int
    counted: int
    batch: str = ""
    quality: Quality = Quality.QUALIFIED


@command
def open_stocktake(*, warehouse_id: int, owner_id: int, description: str = "", actor: Actor) -> Stocktake:
    """Begin a count of one owner's goods in one warehouse; raises WarehouseNotFound, OwnerNotFound, OwnerDisabled."""
    get_warehouse(warehouse_id)
    require_enabled_owner(owner_id)
    now = clock.now()
    return Stocktake.objects.create(
        sn=next_number("stocktake", on=now),
        warehouse_id=warehouse_id,
        owner_id=owner_id,
        description=description[:200],
        creater_id=actor.user_id,
        create_time=now,
        modify_time=now,
    )


@command
def count(*, stocktake_id: int, lines: Sequence[CountLine], actor: Actor) -> int:
    """Write down what was counted, with what was expected at this moment; counting a place again replaces both.

    Returns the lines of the document. Raises NotFound, StocktakeClosed, UnknownSku, InvalidRequest.
    """
    document = lock_stocktake(stocktake_id, StocktakeState.DRAFT)
    _check(document, lines)
    fetch_prepared(
        _COUNT,
        {
            "skus": [line.sku_id for line in lines],
            "locations": [line.location_id for line in lines],
            "batches": [line.batch for line in lines],
            "qualities": [int(line.quality) for line in lines],
            "counted": [line.counted for line in lines],
            "stocktake": document.pk,
            "owner": document.owner_id,
            "at": clock.now(),
        },
    )
    number = int(fetch_prepared(_TOTAL, {"stocktake": document.pk})[0]["n"])
    if number > LINES_MAX:
        raise InvalidRequest(code="too_many_lines", param="lines", details={"max": LINES_MAX})
    return number


@command
def submit_stocktake(*, stocktake_id: int, actor: Actor) -> Stocktake:
    """Hand the count over for approval; raises NotFound, StocktakeClosed, InvalidRequest for an empty one."""
    document = lock_stocktake(stocktake_id, StocktakeState.DRAFT)
    if not document.lines.exists():
        raise InvalidRequest(_("Nothing was counted yet."), code="document_empty", param="lines")
    now = clock.now()
    return step(
        document,
        now,
        state=StocktakeState.SUBMITTED,
        limit_qty=difference_limit(document.warehouse_id),
        submitted_by_id=actor.user_id,
        submitted_at=now,
    )


@command
def reject_stocktake(*, stocktake_id: int, reason: str, actor: Actor) -> Stocktake:
    """Close a count without booking it; a person who counts again opens a new one."""
    if not reason.strip():
        raise InvalidRequest(code="reason_required", param="reason")
    document = lock_stocktake(stocktake_id, StocktakeState.DRAFT, StocktakeState.SUBMITTED, StocktakeState.SECOND)
    return step(document, clock.now(), state=StocktakeState.REJECTED, reason=reason.strip()[:200])


def lock_stocktake(stocktake_id: int, *states: StocktakeState) -> Stocktake:
    """The document, locked; raises NotFound, and StocktakeClosed unless it stands in one of ``states``."""
    document = locks.lock_stocktake(stocktake_id)
    if document.state not in states:
        raise StocktakeClosed(details={"sn": document.sn, "state": int(document.state)})
    return document


def step(document: Stocktake, now: datetime, **values: object) -> Stocktake:
    """Write the columns of one step of a locked document."""
    for name, value in values.items():
        setattr(document, name, value)
    document.modify_time = now
    document.save(update_fields=[*values, "modify_time"])
    return document


def _check(document: Stocktake, lines: Sequence[CountLine]) -> None:
    """Refuse figures out of range, unknown SKUs, places of other warehouses, and the same place twice."""
    if not 1 <= len(lines) <= CHUNK_MAX:
        raise InvalidRequest(code="invalid_lines", param="lines", details={"max": CHUNK_MAX})
    places = locations_by_id({line.location_id for line in lines})
    known = {row["id"] for row in fetch_prepared(_SKUS, {"ids": sorted({line.sku_id for line in lines})})}
    seen = set()
    for index, line in enumerate(lines):
        key = (line.sku_id, line.location_id, line.batch, line.quality)
        if not 0 <= line.counted <= QUANTITY_MAX:
            raise InvalidRequest(code="invalid_quantity", param=f"lines[{index}].counted")
        if line.sku_id not in known:
            raise UnknownSku(param=f"lines[{index}].sku")
        place = places.get(line.location_id)
        if place is None or place.warehouse_id != document.warehouse_id:
            raise InvalidRequest(code="invalid_location", param=f"lines[{index}].location")
        if key in seen:
            raise InvalidRequest(code="place_twice", param=f"lines[{index}].location")
        seen.add(key)


_SKUS = "SELECT id FROM catalog_productinfo WHERE id = ANY(%(ids)s::bigint[])"

_TOTAL = "SELECT count(*) AS n FROM inventory_stocktakeline WHERE stocktake_id = %(stocktake)s::bigint"

_COUNT = """
    WITH counted AS (
        SELECT w.* FROM unnest(%(skus)s::bigint[], %(locations)s::bigint[], %(batches)s::varchar[],
                               %(qualities)s::smallint[], %(counted)s::int[])
            WITH ORDINALITY AS w(sku_id, location_id, batch, quality, counted, n)
    ), numbered AS (
        SELECT coalesce(max(line_no), 0) AS last FROM inventory_stocktakeline
        WHERE stocktake_id = %(stocktake)s::bigint
    )
    INSERT INTO inventory_stocktakeline
        (stocktake_id, line_no, sku_id, location_id, batch, quality, counted_qty, expected_qty, counted_at)
    SELECT %(stocktake)s::bigint, numbered.last + w.n, w.sku_id, w.location_id, w.batch, w.quality, w.counted,
           coalesce(s.quantity, 0), %(at)s::timestamptz
    FROM counted w CROSS JOIN numbered
    LEFT JOIN inventory_batch b ON b.sku_id = w.sku_id AND b.code = w.batch
    LEFT JOIN inventory_physicalstock s ON s.sku_id = w.sku_id AND s.owner_id = %(owner)s::bigint
     AND s.location_id = w.location_id AND s.batch_id = b.id AND s.quality = w.quality
    ORDER BY w.n
    ON CONFLICT (stocktake_id, sku_id, location_id, batch, quality) DO UPDATE
        SET counted_qty = excluded.counted_qty, expected_qty = excluded.expected_qty, counted_at = excluded.counted_at
    RETURNING id
"""
