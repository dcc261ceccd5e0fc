"""What the lines of an order cost: pure arithmetic over the store's listing; the server decides (C-09)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from orders.exceptions import (
    EmptyOrder,
    GoodsOffSale,
    InvalidQuantity,
    PriceChanged,
    TooManyLines,
    UnknownGoods,
)
from orders.services.inputs import OrderItemInput
from vmi.core.actors import Actor, ActorKind
from vmi.core.exceptions import NotAllowed
from vmi.core.money import quantize

if TYPE_CHECKING:
    from stores.selectors import GoodsRow

ITEMS_MAX = 2000
"""Lines of one order: far above any real basket (the largest retail invoice known to us has 1,114)."""

QUANTITY_MAX = 1_000_000
"""Units of one line."""


@dataclass(frozen=True, slots=True)
class PricedLine:
    """One line as it will be stored; ``amount`` = ``price`` × ``quantity``, to the cent."""

    line_no: int
    goods_id: int
    sku_id: int
    sku: str
    name: str
    price: Decimal
    quantity: int
    amount: Decimal


def price_lines(items: Sequence[OrderItemInput], goods: Mapping[str, "GoodsRow"], *, actor: Actor) -> list[PricedLine]:
    """Price every item by the store's listing ``goods`` (SKU code → row), numbered from 1 in the caller's order.

    Raises EmptyOrder, TooManyLines, InvalidQuantity, UnknownGoods, GoodsOffSale, or PriceChanged naming
    every line whose expected price is not the server's.
    """
    if not items:
        raise EmptyOrder(param="goods")
    if len(items) > ITEMS_MAX:
        raise TooManyLines(param="goods", details={"limit": ITEMS_MAX})

    lines = [_price(number, item, goods, actor) for number, item in enumerate(items, start=1)]
    changed = [
        _difference(line, item.expected_price)
        for line, item in zip(lines, items, strict=True)
        if item.expected_price is not None and item.expected_price != line.price
    ]
    if changed:
        raise PriceChanged(param=f"goods[{changed[0]['line'] - 1}].price", details={"lines": changed})
    return lines


def _price(line_no: int, item: OrderItemInput, goods: Mapping[str, "GoodsRow"], actor: Actor) -> PricedLine:
    where = f"goods[{line_no - 1}]"
    if not 1 <= item.quantity <= QUANTITY_MAX:
        raise InvalidQuantity(param=f"{where}.count", details={"limit": QUANTITY_MAX})
    row = goods.get(item.sku)
    if row is None:
        raise UnknownGoods(param=f"{where}.sku", details={"sku": item.sku})
    if not row.on_sale:
        raise GoodsOffSale(param=f"{where}.sku", details={"sku": item.sku})
    if item.agreed_price is not None and actor.kind is ActorKind.CUSTOMER:
        raise NotAllowed(param=f"{where}.price")

    price = quantize(row.price if item.agreed_price is None else item.agreed_price)
    return PricedLine(
        line_no, row.goods_id, row.sku_id, row.sku, row.name, price, item.quantity, quantize(price * item.quantity)
    )


def _difference(line: PricedLine, expected: Decimal | None) -> dict[str, Any]:
    return {"line": line.line_no, "sku": line.sku, "expected": str(expected), "price": str(line.price)}
