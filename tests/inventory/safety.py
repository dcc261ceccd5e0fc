"""Shorthand for the tests of safety stock."""

from typing import Any

from inventory.models import SafetyPolicy
from inventory.services import (
    ReturnLine,
    SafetyTerms,
    confirm_outbound,
    issue_ship_notice,
    post_payment,
    rearm_safety,
    receive_return,
    release_safety,
    set_safety,
)
from inventory.services.safety_rows import SafetyEffect
from tests.factories.inventory import Stock, source
from vmi.core.actors import system_actor
from vmi.core.sources import Source
from vmi.events.models import Event

ACTOR = system_actor()


def withhold(stock: Stock, units: int, **fields: Any) -> SafetyEffect:
    """Set the safety stock in units."""
    document = fields.pop("document", None) or source("safety")
    return set_safety(
        logical_id=stock.logical.pk,
        terms=SafetyTerms(normal_units=units, **fields),
        source=document,
        actor=ACTOR,
    )


def free(stock: Stock, units: int | None, **fields: Any) -> SafetyEffect:
    """Release safety stock."""
    fields = {"reason": "双十一", "source": source("safety"), **fields}
    return release_safety(logical_id=stock.logical.pk, quantity=units, actor=ACTOR, **fields)


def rearm(stock: Stock, units: int | None = None, **fields: Any) -> SafetyEffect:
    """Take released units back."""
    fields = {"reason": "到货", "source": source("safety"), **fields}
    return rearm_safety(logical_id=stock.logical.pk, quantity=units, actor=ACTOR, **fields)


def sell(stock: Stock, units: int) -> Source:
    """Hold and pay ``units``."""
    document = source()
    stock.reserve(units, document=document)
    post_payment(source=document, actor=ACTOR)
    return document


def ship(stock: Stock, units: int) -> None:
    """Sell ``units`` and let them leave."""
    document = sell(stock, units)
    issue_ship_notice(source=document, actor=ACTOR)
    confirm_outbound(source=document, actor=ACTOR)


def figures(stock: Stock) -> tuple[int, int, int, int]:
    """Withheld, available, released and what the shared bucket can still promise."""
    row = stock.logical
    released = SafetyPolicy.objects.get(logical=row).released_qty
    return row.safety_qty, row.available_qty, released, stock.bucket.sellable_qty


def events(name: str) -> list[dict[str, Any]]:
    """The payloads of one type of event, oldest first."""
    return list(Event.objects.filter(type=name).order_by("pk").values_list("payload", flat=True))


def receive_locked(stock: Stock, units: int) -> None:
    """Units that came back and wait for their inspection: on hand and locked."""
    receive_return(
        warehouse_id=stock.warehouse_id,
        owner_id=stock.owner_id,
        lines=[ReturnLine(1, stock.sku_id, stock.location_id, "", units)],
        source=source("return"),
        actor=ACTOR,
    )
