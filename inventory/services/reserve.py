"""``reserve``: occupy sellable stock until a deadline. The only gate through which demand enters (S001-26)."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, connection, transaction

from inventory.choices import HoldKind
from inventory.exceptions import InsufficientStock, SourceConflict, StockBusy
from inventory.services import combiner, refused
from inventory.services.deadlines import keep_oversell_minutes
from inventory.services.demand import Demand, Hold, ReserveLine
from inventory.services.occupy import occupy
from inventory.services.reserve_sql import EXISTING, RESERVE
from vmi.core import clock
from vmi.core.actors import Actor
from vmi.core.commands import command
from vmi.core.db import fetch_prepared, fetch_prepared_tuples
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
    placed_at: datetime | None = None,
    actor: Actor,
    dry_run: bool = False,
) -> list[Hold]:
    """Hold every line or none, until ``expires_at``; goods on hand first, then goods on their way, then oversold units.

    One statement chooses the buckets, locks them in key order, checks, occupies, and writes holds and ledger; it
    is atomic by itself, so outside a transaction it costs one round trip. The same source again returns the holds
    it has (SourceConflict if its lines differ), unless its lines ``joins`` those it has, as in a cart. What no
    single bucket has whole takes a second look, after the expired holds in its way: over several buckets where the
    channel allows it, and over kinds of promise, each a hold of its own. ``placed_at``: an order that oversells is
    held for its oversell minutes from then, as its holds tell. Outside a transaction a busy process lets the
    combiner carry many reservations in one commit; the answer is the same. What is short is noted as refused demand.
    Raises InsufficientStock naming every short line, InvalidRequest for a quantity that is not 1 or more.
    """
    check_lines(lines)
    demand = Demand(channel_id, lines, source, expires_at, partner_id, actor, joins, placed_at)
    if dry_run:
        with transaction.atomic():
            holds = _attempt(demand) or _second_look(demand=demand)
            transaction.set_rollback(True)
        return holds
    if not joins and (combined := combiner.combined(demand)) is not None:
        return combined
    try:
        return _plainly(demand)
    except InsufficientStock as refusal:
        refused.note(demand, refusal)
        raise


def _plainly(demand: Demand) -> list[Hold]:
    """The path that is always open: the statement, and what it could not serve."""
    try:
        return _attempt(demand) or _second_look(demand=demand)
    except StockBusy:
        if connection.in_atomic_block:
            raise
        return _second_look(demand=demand)


def check_lines(lines: Sequence[ReserveLine]) -> None:
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
        rows = fetch_prepared_tuples(RESERVE, params)
    except IntegrityError as error:
        # The same source reserved at the same moment: the caller repeats and meets the other's holds.
        raise StockBusy from error
    return [
        Hold(pk, line_no, skus[line_no], bucket_id, quantity, demand.expires_at)
        for pk, line_no, bucket_id, quantity in rows
    ]


@command
def _second_look(*, demand: Demand) -> list[Hold]:
    """Why nothing was written: it was held before, it takes more than one bucket or kind each, or it is short."""
    if not demand.joins and (existing := _existing(demand)):
        return existing
    holds = occupy(demand, at=clock.now())
    if demand.placed_at is None:
        return holds
    return keep_oversell_minutes(holds, source=demand.source, placed_at=demand.placed_at)


def _existing(demand: Demand) -> list[Hold]:
    """The holds this source already has, if any; raises SourceConflict when they are not these lines."""
    rows = fetch_prepared(EXISTING, {"source_type": demand.source.type, "source_sn": demand.source.sn})
    held: Counter[tuple[int, int]] = Counter()
    for row in rows:
        held[row["line_no"], row["sku_id"]] += row["quantity"]
    wanted = Counter({(line.line_no, line.sku_id): line.quantity for line in demand.lines})
    if held and held != wanted:
        raise SourceConflict(details={"source": demand.source.subject})
    return [Hold(**{**row, "kind": HoldKind(row["kind"])}) for row in rows]
