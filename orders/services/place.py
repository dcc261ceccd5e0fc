"""``place_order``: the server prices the lines, the goods are held, the order exists; or nothing is written."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from inventory.choices import HoldKind
from inventory.exceptions import HoldLimitExceeded, InsufficientStock
from inventory.selectors import waiting_of
from inventory.services import Hold, ReserveLine, Taker, cart_source, hold_for_order, reserve
from orders.exceptions import EmptyOrder, PriceChanged
from orders.models import GoodsItem, Order
from orders.services.inputs import Consignee, OrderItemInput
from orders.services.pricing import PricedLine, price_lines
from orders.services.waiting import due_columns
from partners.selectors import get_enabled_partner
from stores.selectors import goods_for_order, store_for_order
from vmi.core import clock
from vmi.core.actors import Actor
from vmi.core.commands import command
from vmi.core.exceptions import DomainError
from vmi.core.rows import insert, load
from vmi.core.tenancy import current_namespace
from vmi.events.catalogue import OrderPlaced
from vmi.events.services import record
from vmi.numbering.services import next_number

if TYPE_CHECKING:
    from stores.selectors import StoreRow

_NOBODY = Consignee()


@command
def place_order(
    *,
    store_id: int,
    partner_id: int | None,
    items: Sequence[OrderItemInput],
    consignee: Consignee | None = None,
    memo: str = "",
    source_ref: str = "",
    expected_cost: Decimal | None = None,
    actor: Actor,
) -> Order:
    """Sell ``items`` of a store to a member (None: anonymous), held for the store's payment minutes (S000-29, C-08).

    Idempotent by ``source_ref`` where one is given. Raises UnknownGoods, GoodsOffSale, PriceChanged,
    PartnerDisabled, or InsufficientStock or HoldLimitExceeded naming every line; then nothing is written (S001-25).
    """
    if source_ref:
        known = load(Order, source_ref=source_ref)
        if known:
            return known[0]
    now = clock.now()
    store = store_for_order(store_id)
    _check_customer(partner_id)
    lines = price_lines(items, goods_for_order(store_id, [item.sku for item in items]), actor=actor)
    cost = _total(lines, expected_cost)

    order = _insert(store, partner_id, cost, consignee or _NOBODY, memo, source_ref, now, actor)
    insert([_item(order, line) for line in lines])
    record(OrderPlaced(order.pk, order.sn, str(order.cost)), subject=order.source.subject, actor=actor)
    # Last, so that the hot stock rows are locked for as short a time as possible.
    holds = _hold(order, lines, store.channel_id, actor)
    _follow_holds(order, holds)
    return order


def _follow_holds(order: Order, holds: Sequence[Hold]) -> None:
    """An order that oversells is paid within the minutes its holds got, not its store's (C-08); some wait for goods."""
    columns: dict[str, Any] = {}
    deadline = min(hold.expires_at for hold in holds)
    if deadline != order.expires_at:
        columns["expires_at"] = deadline
    if any(hold.kind != HoldKind.SPOT for hold in holds):
        columns |= due_columns(waiting_of(order.source))
    for name, value in columns.items():
        setattr(order, name, value)
    if columns:
        order.save(update_fields=list(columns))


def _hold(order: Order, lines: Sequence[PricedLine], channel_id: int, actor: Actor) -> list[Hold]:
    """Hold the goods; a member's cart goes first, so that an own hold never blocks its owner.

    Counter sales and imported orders have no cart: they cost no statement for looking.
    """
    wanted = [ReserveLine(line.line_no, line.sku_id, line.quantity) for line in lines]
    try:
        if order.customer_id is None or order.source_ref:
            return reserve(
                channel_id=channel_id,
                lines=wanted,
                source=order.source,
                expires_at=order.expires_at,
                partner_id=order.customer_id,
                placed_at=order.create_time,
                actor=actor,
            )
        taker = Taker(channel_id, order.source, order.expires_at, order.customer_id, actor, placed_at=order.create_time)
        cart = cart_source(partner_id=order.customer_id, user_id=actor.user_id)
        return hold_for_order(taker=taker, lines=wanted, cart=cart)
    except InsufficientStock as short:
        param = _count_of(short.lines[0]["line"])
        raise InsufficientStock(short.lines, param=param, channel_id=channel_id) from short
    except HoldLimitExceeded as beyond:
        beyond.param = _count_of(beyond.lines[0]["line"])
        raise


def _count_of(line_no: int) -> str:
    return f"goods[{line_no - 1}].count"


def _check_customer(partner_id: int | None) -> None:
    if partner_id is None:
        return
    try:
        get_enabled_partner(partner_id)
    except DomainError as refusal:
        refusal.param = "customer"
        raise


def _total(lines: Sequence[PricedLine], expected: Decimal | None) -> Decimal:
    cost = sum((line.amount for line in lines), Decimal(0))
    if cost <= 0:
        raise EmptyOrder(param="goods")
    if expected is not None and expected != cost:
        raise PriceChanged(param="cost", details={"expected": str(expected), "cost": str(cost)})
    return cost


def _insert(
    store: "StoreRow",
    partner_id: int | None,
    cost: Decimal,
    consignee: Consignee,
    memo: str,
    source_ref: str,
    now: datetime,
    actor: Actor,
) -> Order:
    minutes = store.order_hold_minutes or int(current_namespace().order_hold_minutes)
    order = Order(
        sn=next_number("order", on=now),
        customer_id=partner_id,
        store_id=store.id,
        cost=cost,
        consignee_name=consignee.name,
        consignee_phone=consignee.phone,
        province_code=consignee.province,
        city_code=consignee.city,
        district_code=consignee.district,
        address=consignee.address,
        memo=memo,
        source_ref=source_ref or None,
        expires_at=now + timedelta(minutes=minutes),
        creater_id=actor.user_id,
        create_time=now,
        modify_time=now,
    )
    return insert([order])[0]


def _item(order: Order, line: PricedLine) -> GoodsItem:
    return GoodsItem(
        order=order,
        line_no=line.line_no,
        goods_id=line.goods_id,
        product_id=line.sku_id,
        sku=line.sku,
        name=line.name,
        price=line.price,
        count=line.quantity,
        amount=line.amount,
    )
