"""Stories of stock documents: written by one person, reviewed by another, carried out by the warehouse."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Final

from catalog.selectors import skus_by_id
from inventory.choices import AdjustOperation
from inventory.services import adjust
from inventory.services.rows import find_chains
from orders.demo.catalogue_data import variants
from orders.demo.places import DEPOTS, location_codes
from orders.demo.timeline import Story
from orders.demo.world import World
from stores.choices import StockInType, StockOutType
from stores.selectors import stockout_sns
from stores.services import (
    DocumentLine,
    approve_stockin,
    approve_stockout,
    cancel_stockin,
    cancel_stockout,
    confirm_stockout,
    create_stockin,
    create_stockout,
    reject_stockin,
    reject_stockout,
    submit_stockin,
    submit_stockout,
)
from vmi.core.sources import Source
from warehousing.selectors import locations_by_code

REVIEW: Final = timedelta(minutes=75)
"""How long a document waits for its review unless its paper says otherwise."""

LAST_STEPS: Final = ("draft", "pending", "rejected", "cancelled", "approved", "done")
"""How far a document goes. Of a stock-out, ``approved`` waits for the warehouse; of a stock-in it is ``done``."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a document: SKU, units, cost of one (empty: the catalogue's), batch (stock-in only)."""

    sku: str
    quantity: int
    cost: str = ""
    batch: str = ""


@dataclass(frozen=True, slots=True)
class Paper:
    """A stock document as the demo writes it. ``reason`` is that of a rejection or cancellation.

    A transfer goes ``to`` another depot; its stock-in there is ``of`` the number that left, under which its goods
    are expected.
    """

    depot: str
    owner: str
    kind: str
    rows: tuple[Row, ...]
    last: str = "done"
    description: str = ""
    number: str = ""
    author: str = "clerk"
    auditor: str = "manager"
    store: str = ""
    reason: str = ""
    review: timedelta = REVIEW
    company: str = "顺丰速运"
    to: str = ""
    of: str = ""


def stock_in(paper: Paper, world: World) -> Story:
    """A stock-in from its draft to the last step the paper names."""
    author, auditor = world.actors[paper.author], world.actors[paper.auditor]
    document = create_stockin(
        warehouse_id=world.warehouses[paper.depot],
        owner_id=world.owners[paper.owner],
        store_id=world.stores[paper.store] if paper.store else None,
        type=StockInType(paper.kind),
        lines=_lines(paper, world, places=_places(paper)),
        description=paper.description,
        source_ref=_sent(paper.of) if paper.of else paper.number,
        actor=author,
    )
    if paper.last == "draft":
        return
    yield timedelta(minutes=10)
    submit_stockin(stockin_id=document.pk, actor=author)
    if paper.last == "pending":
        return
    yield paper.review
    if paper.last == "rejected":
        reject_stockin(stockin_id=document.pk, reason=paper.reason, actor=auditor)
    elif paper.last == "cancelled":
        cancel_stockin(stockin_id=document.pk, reason=paper.reason, actor=author)
    else:
        approve_stockin(stockin_id=document.pk, actor=auditor)


def stock_out(paper: Paper, world: World) -> Story:
    """A stock-out from its draft to the last step the paper names; ``cancelled`` is called off after its approval."""
    author, auditor = world.actors[paper.author], world.actors[paper.auditor]
    document = create_stockout(
        warehouse_id=world.warehouses[paper.depot],
        owner_id=world.owners[paper.owner],
        store_id=world.stores[paper.store] if paper.store else None,
        type=StockOutType(paper.kind),
        lines=_lines(paper, world),
        description=paper.description,
        source_ref=paper.number,
        destination_id=world.warehouses[paper.to] if paper.to else None,
        actor=author,
    )
    if paper.last == "draft":
        return
    yield timedelta(minutes=10)
    submit_stockout(stockout_id=document.pk, actor=author)
    if paper.last == "pending":
        return
    yield paper.review
    if paper.last == "rejected":
        reject_stockout(stockout_id=document.pk, reason=paper.reason, actor=auditor)
        return
    approve_stockout(stockout_id=document.pk, actor=auditor)
    if paper.last == "approved":
        return
    yield timedelta(minutes=45)
    if paper.last == "cancelled":
        cancel_stockout(stockout_id=document.pk, reason=paper.reason, actor=auditor)
        return
    confirm_stockout(
        stockout_id=document.pk,
        company=paper.company,
        tracking_no=f"SF{document.pk:010d}" if paper.company else "",
        actor=world.actors["warehouse"],
    )


@dataclass(frozen=True, slots=True)
class Count:
    """A stock count found ``units`` more (or fewer, negative) of a SKU than the books; ``number`` names the finding."""

    depot: str
    owner: str
    sku: str
    units: int
    reason: str
    number: str


def counted(count: Count, world: World) -> Story:
    """The books follow what was counted, with the reason."""
    sku_id = world.skus[count.sku]
    chains = find_chains(
        warehouse_id=world.warehouses[count.depot], owner_id=world.owners[count.owner], sku_ids=[sku_id]
    )
    adjust(
        logical_id=chains[sku_id].logical_id,
        operation=AdjustOperation.ADD if count.units > 0 else AdjustOperation.SUBTRACT,
        quantity=abs(count.units),
        reason=count.reason,
        source=Source("adjust", count.number),
        actor=world.actors["admin"],
    )
    yield from ()


def _sent(number: str) -> str:
    """The number of ours under which a transfer left."""
    return stockout_sns(Source("manual", number))[0]


def _lines(paper: Paper, world: World, places: Sequence[int] = ()) -> list[DocumentLine]:
    """Each SKU has a place of its own on the owner's rack, the same every time."""
    costs = variants()
    names = skus_by_id(world.skus[row.sku] for row in paper.rows)
    return [
        DocumentLine(
            sku_id=world.skus[row.sku],
            quantity=row.quantity,
            price=Decimal(row.cost or costs[row.sku].cost),
            locations=((places[_slot(row.sku, len(places))], row.quantity),) if places else (),
            batch=row.batch,
            sku=names[world.skus[row.sku]].code,
        )
        for row in paper.rows
    ]


def _slot(sku: str, count: int) -> int:
    return list(variants()).index(sku) % count


def _places(paper: Paper) -> list[int]:
    """The locations of the rack the goods go to: the shop's own picking rack, else the owner's in the storage zone."""
    depot = next(depot for depot in DEPOTS if depot.code == paper.depot)
    if paper.store == "SANLITUN":
        codes = location_codes(depot.number, "PI", 1)
    else:
        codes = location_codes(depot.number, "ST", depot.racks.index(paper.owner) + 1)
    found = locations_by_code(codes)
    return [found[code].id for code in codes]
