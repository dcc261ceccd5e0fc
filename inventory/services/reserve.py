"""``reserve``: occupy sellable stock until a deadline. The only gate through which demand enters (S001-26)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, connection, transaction

from inventory.exceptions import InsufficientStock, ShortLine, SourceConflict, StockBusy
from inventory.selectors.buckets import candidate_buckets, sku_codes
from inventory.services import combiner
from inventory.services.demand import Demand, Hold, ReserveLine, lines_too_many
from inventory.services.release import reclaim_expired
from inventory.services.reserve_sql import EXISTING, RESERVE
from vmi.core import clock
from vmi.core.actors import Actor
from vmi.core.commands import command
from vmi.core.db import fetch_prepared
from vmi.core.exceptions import InvalidRequest
from vmi.core.fields import QUANTITY_MAX
from vmi.core.sources import Source

__all__ = ["Hold", "ReserveLine", "reserve"]


def reserve(
    *,
    channel_id: int,
    lines: Sequence[ReserveLine],
    source: Source,
    expires_at: datetime,
    partner_id: int | None = None,
    joins: bool = False,
    actor: Actor,
    dry_run: bool = False,
) -> list[Hold]:
    """Hold every line or none, until ``expires_at``.

    One statement chooses the buckets, locks them in key order, checks, occupies, and writes holds and ledger; it
    is atomic by itself, so outside a transaction it costs one round trip. The same source again returns the holds
    it has (SourceConflict if its lines differ), unless its lines ``joins`` those it has, as in a cart. A bucket
    that seems short gives up its expired holds first. Outside a transaction a busy process lets the combiner
    carry many reservations in one commit; the answer is the same.
    Raises InsufficientStock naming every short line, InvalidRequest for a quantity that is not 1 or more.
    """
    _check(lines)
    demand = Demand(channel_id, lines, source, expires_at, partner_id, actor, joins)
    if dry_run:
        with transaction.atomic():
            holds = _attempt(demand) or _second_look(demand=demand)
            transaction.set_rollback(True)
        return holds
    if (combined := combiner.combined(demand)) is not None:
        return combined
    try:
        return _attempt(demand) or _second_look(demand=demand)
    except StockBusy:
        if connection.in_atomic_block:
            raise
        return _second_look(demand=demand)


def _check(lines: Sequence[ReserveLine]) -> None:
    """Refuse an empty document, a repeated line number, and quantities out of bounds."""
    if not lines:
        raise InvalidRequest(code="lines_required", param="items")
    if len({line.line_no for line in lines}) < len(lines):
        raise InvalidRequest(code="line_repeated", param="items")
    for index, line in enumerate(lines):
        if not 1 <= line.quantity <= QUANTITY_MAX:
            raise InvalidRequest(code="quantity_invalid", param=f"items[{index}].quantity")


def _attempt(demand: Demand) -> list[Hold]:
    """Run the statement; an empty answer means that nothing was written."""
    skus = {line.line_no: line.sku_id for line in demand.lines}
    params: dict[str, Any] = {
        "count": len(demand.lines),
        "lines": list(skus),
        "skus": list(skus.values()),
        "warehouses": [line.warehouse_id for line in demand.lines],
        "quantities": [line.quantity for line in demand.lines],
        "channel": demand.channel_id,
        "partner": demand.partner_id,
        "expires_at": demand.expires_at,
        "source_type": demand.source.type,
        "source_sn": demand.source.sn,
        "actor": demand.actor.user_id,
        "at": clock.fixed_instant(),
    }
    try:
        rows = fetch_prepared(RESERVE, params)
    except IntegrityError as error:
        # The same source reserved at the same moment: the caller repeats and meets the other's holds.
        raise StockBusy from error
    return [
        Hold(row["id"], row["line_no"], skus[row["line_no"]], row["bucket_id"], row["quantity"], row["expires_at"])
        for row in rows
    ]


@command
def _second_look(*, demand: Demand) -> list[Hold]:
    """Why nothing was written: it was held before, expired holds are in the way, or the stock is short."""
    if not demand.joins and (existing := _existing(demand)):
        return existing
    candidates = candidate_buckets(demand.channel_id, {line.sku_id for line in demand.lines})
    buckets = {candidate.bucket_id for found in candidates.values() for candidate in found}
    # Repeated even when nothing was reclaimed: a sale cancelled since the first look may have freed the units.
    reclaim_expired(bucket_ids=buckets, now=clock.now(), actor=demand.actor)
    if holds := _attempt(demand):
        return holds
    raise InsufficientStock(_shortages(demand))


def _existing(demand: Demand) -> list[Hold]:
    """The holds this source already has, if any; raises SourceConflict when they are not these lines."""
    rows = fetch_prepared(EXISTING, {"source_type": demand.source.type, "source_sn": demand.source.sn})
    holds = [
        Hold(row["id"], row["line_no"], row["sku_id"], row["bucket_id"], row["quantity"], row["expires_at"])
        for row in rows
    ]
    wanted = {(line.line_no, line.sku_id, line.quantity) for line in demand.lines}
    if holds and {(hold.line_no, hold.sku_id, hold.quantity) for hold in holds} != wanted:
        raise SourceConflict(details={"source": demand.source.subject})
    return holds


def _shortages(demand: Demand) -> list[ShortLine]:
    """The lines that find too little, with the figures; lines of one SKU share what there is, in their order."""
    candidates = candidate_buckets(demand.channel_id, {line.sku_id for line in demand.lines})
    short = lines_too_many(demand.lines, candidates)
    if not short:
        # Freed between the refusal and this reading: the caller repeats rather than being told a wrong figure.
        raise StockBusy
    codes = sku_codes({line.sku_id for line, _available in short})
    return [
        ShortLine(
            line=line.line_no, sku=codes.get(line.sku_id, str(line.sku_id)), wanted=line.quantity, available=available
        )
        for line, available in short
    ]
