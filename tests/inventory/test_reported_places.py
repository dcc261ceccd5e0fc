"""A warehouse takes goods from another place than was picked: the reported place gives them where it can."""

from inventory.models import PhysicalHold, PhysicalStock
from inventory.services import ShippedLine, confirm_outbound, issue_ship_notice, post_payment
from inventory.services.reconcile import prove_stock
from orders.services import release_to_warehouse
from tests.factories.inventory import Stock, make_stock, source
from tests.factories.orders import make_shop, pay
from vmi.core.actors import system_actor
from vmi.core.sources import Source
from vmi.events import deliver_inline
from warehousing.models import Location, ShipNotice
from warehousing.selectors import locations_by_id
from warehousing.services import ShippedQuantity, confirm_manually

ACTOR = system_actor()


def _two_places(here: int, there: int) -> Stock:
    stock = make_stock(here)
    stock.receive(there, location_id=stock.other_location_id)
    return stock


def _noticed(stock: Stock, quantity: int) -> Source:
    order = source()
    stock.reserve(quantity, document=order)
    post_payment(source=order, actor=ACTOR)
    issue_ship_notice(source=order, actor=ACTOR)
    return order


def _quantities(stock: Stock) -> dict[int, tuple[int, int]]:
    rows = PhysicalStock.objects.filter(logical=stock.logical)
    return {row.location_id: (row.quantity, row.held_qty) for row in rows}


def _code(location_id: int) -> str:
    return locations_by_id([location_id])[location_id].code


def test_units_leave_the_reported_place_and_the_picked_one_is_free_again() -> None:
    stock = _two_places(5, 5)
    order = _noticed(stock, 3)

    lines = [ShippedLine(1, 3, _code(stock.other_location_id))]
    assert confirm_outbound(source=order, lines=lines, actor=ACTOR) is True

    assert _quantities(stock) == {stock.location_id: (5, 0), stock.other_location_id: (2, 0)}
    assert stock.logical.physical_base_qty == 7
    assert prove_stock() == []


def test_a_reported_place_without_so_many_free_units_is_not_believed() -> None:
    stock = _two_places(5, 2)
    order = _noticed(stock, 3)

    confirm_outbound(source=order, lines=[ShippedLine(1, 3, _code(stock.other_location_id))], actor=ACTOR)

    assert _quantities(stock) == {stock.location_id: (2, 0), stock.other_location_id: (2, 0)}
    assert prove_stock() == []


def test_of_two_picks_the_reported_one_is_served() -> None:
    stock = _two_places(2, 5)
    order = _noticed(stock, 4)

    lines = [ShippedLine(1, 2, _code(stock.other_location_id))]
    assert confirm_outbound(source=order, lines=lines, reference="1", actor=ACTOR) is False

    assert _quantities(stock) == {stock.location_id: (2, 2), stock.other_location_id: (3, 0)}
    assert sorted(PhysicalHold.objects.values_list("quantity", "shipped_qty")) == [(2, 0), (2, 2)]
    assert prove_stock() == []


def test_a_line_confirmed_in_two_parts_counts_both() -> None:
    stock = make_stock(10)
    order = _noticed(stock, 5)

    assert confirm_outbound(source=order, lines=[ShippedLine(1, 2), ShippedLine(1, 3)], actor=ACTOR) is True

    assert PhysicalHold.objects.get().shipped_qty == 5
    assert prove_stock() == []


def test_the_place_travels_from_the_warehouse_to_the_shelf() -> None:
    shop = make_shop(stock=5)
    other = Location.objects.filter(warehouse_id=shop.warehouse_id).order_by("code")[1]
    shop.location_id = other.pk
    shop.receive(shop.skus[0], 5)
    order = shop.place(2)
    pay(order)
    release_to_warehouse(order_id=order.pk, actor=ACTOR)
    notice = ShipNotice.objects.get(source_sn=order.sn)
    with deliver_inline():
        confirm_manually(
            notice_id=notice.pk,
            company="SF",
            tracking_no="1",
            lines=[ShippedQuantity(1, 2, location=other.code)],
            actor=ACTOR,
        )

    assert PhysicalStock.objects.get(location=other).quantity == 3
    assert prove_stock() == []
