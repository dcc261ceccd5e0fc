"""How a return meets the stock: which shipped units it takes back, and the stock-in that receives them."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from inventory.services import Pick, issue_ship_notice
from orders.exceptions import NothingToReturn
from orders.models import GoodsItem, Order, ReturnLine, ReturnOrder
from stores.services import ReturnedLine, add_return_stockin
from vmi.core.actors import Actor
from vmi.core.money import quantize
from warehousing.exceptions import LocationNotFound
from warehousing.selectors import LocationRow, locations_by_id


def pieces_of(
    returned: ReturnOrder, order: Order, wanted: Sequence[tuple[GoodsItem, int]], *, actor: Actor
) -> list[ReturnLine]:
    """Return lines for ``wanted`` units: each names the owner, location and batch its units were shipped from.

    Units returned earlier are skipped, so that no shipped unit is taken back twice. Raises NothingToReturn
    when fewer units were shipped than are wanted.
    """
    # The notice is out, so asking again answers the same picks and writes nothing.
    picks = issue_ship_notice(source=order.source, actor=actor)
    lines: list[ReturnLine] = []
    for item, quantity in wanted:
        for pick, units in _walk(item, quantity, [pick for pick in picks if pick.line_no == item.line_no]):
            lines.append(_line(returned, len(lines) + 1, item, pick, units))
    return lines


def _walk(item: GoodsItem, quantity: int, picks: Sequence[Pick]) -> Iterator[tuple[Pick, int]]:
    skip, left = item.returned_count, quantity
    for pick in picks:
        usable = max(pick.quantity - skip, 0)
        skip = max(skip - pick.quantity, 0)
        units = min(usable, left)
        left -= units
        if units:
            yield pick, units
    if left:
        line = {"line": item.line_no, "wanted": quantity, "available": quantity - left}
        raise NothingToReturn(param="lines", details={"lines": [line]})


def _line(returned: ReturnOrder, line_no: int, item: GoodsItem, pick: Pick, units: int) -> ReturnLine:
    return ReturnLine(
        return_order=returned,
        line_no=line_no,
        item=item,
        owner_id=pick.owner_id,
        location_id=pick.location_id,
        batch=pick.batch,
        quantity=units,
        amount=quantize(item.price * Decimal(units)),
        unit_cost=quantize(pick.unit_cost or Decimal(0)),
    )


def take_back(
    returned: ReturnOrder,
    order: Order,
    lines: Sequence[ReturnLine],
    *,
    location_id: int | None,
    actor: Actor,
) -> None:
    """Receive the lines into inspection through a stock-in of type customer return.

    Raises LocationNotFound for a named place that does not exist.
    """
    other = _named_place(location_id)
    add_return_stockin(
        source=returned.source,
        store_id=order.store_id,
        lines=[
            ReturnedLine(
                line_no=line.line_no,
                sku_id=line.item.product_id,
                sku=line.item.sku,
                warehouse_id=other.warehouse_id if other else line.location.warehouse_id,
                owner_id=line.owner_id,
                quantity=line.quantity,
                price=line.unit_cost,
                location_id=other.id if other else line.location_id,
                batch=line.batch,
            )
            for line in lines
        ],
        description=f"{order.sn} {returned.reason}".strip(),
        actor=actor,
    )


def _named_place(location_id: int | None) -> LocationRow | None:
    if location_id is None:
        return None
    place = locations_by_id([location_id]).get(location_id)
    if place is None:
        raise LocationNotFound(param="location")
    return place
