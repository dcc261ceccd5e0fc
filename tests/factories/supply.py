"""Shorthand commands for goods on their way to a stock row of the tests."""

import itertools
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from inventory.models import SupplyLine
from inventory.services.supply import ExpectLine, expect_supply, open_presale
from inventory.services.supply_receive import ArrivalLine, receive_supply
from tests.factories.inventory import Stock, source
from vmi.core.actors import system_actor
from vmi.core.sources import Source

_numbers = itertools.count(1)

TODAY = date.today()  # noqa: DTZ011 - any day near it will do: what counts is how far apart days are
IN_THREE_DAYS = TODAY + timedelta(days=3)
IN_A_WEEK = TODAY + timedelta(days=7)
IN_TWO_WEEKS = TODAY + timedelta(days=14)


def expect(stock: Stock, quantity: int, *, due_on: date | None = IN_THREE_DAYS, presale: int = 0) -> SupplyLine:
    """A purchase of ``quantity`` units on its way, ``presale`` of them open for sale through the shared bucket."""
    document = source("purchase")
    expect_supply(
        warehouse_id=stock.warehouse_id,
        owner_id=stock.owner_id,
        lines=[ExpectLine(1, stock.sku_id, quantity, due_on)],
        source=document,
        actor=system_actor(),
    )
    line = SupplyLine.objects.get(source_sn=document.sn)
    if presale:
        open_presale(line_id=line.pk, quantity=presale, source=source("presale"), actor=system_actor())
    return line


def arrive(stock: Stock, line: SupplyLine, quantities: Sequence[int], *, document: Source | None = None) -> Source:
    """Receive units of a supply line, one line of a receipt per quantity; returns the receipt."""
    document = document or source("stockin")
    receive_supply(
        lines=[
            ArrivalLine(number, line.pk, stock.location_id, "", quantity, Decimal("10.00"))
            for number, quantity in enumerate(quantities, start=1)
        ],
        source=document,
        actor=system_actor(),
    )
    return document
