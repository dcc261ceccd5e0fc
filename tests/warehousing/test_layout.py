"""Warehouses, zones, shelves and locations."""

import pytest

from tests.factories.warehousing import make_location, make_rack, make_warehouse, make_zone
from vmi.core.actors import system_actor
from vmi.events.models import Event
from warehousing import ports, selectors, services
from warehousing.choices import CapacityRule, SkuMixing, ZoneKind
from warehousing.exceptions import (
    CodeTaken,
    InvalidNumber,
    InvalidText,
    LocationExists,
    LocationNotFound,
    RackTooLarge,
    ShelfNotFound,
    ZoneNotFound,
)
from warehousing.models import Location, Shelf, Warehouse, Zone


def test_a_warehouse_gets_a_code_and_the_next_number() -> None:
    first = make_warehouse(name="北京仓")
    second = make_warehouse(name="上海仓")

    assert first.code.startswith("WH-")
    assert second.number == first.number + 1
    assert (first.name, first.creater_id) == ("北京仓", 1)


def test_a_warehouse_code_or_number_in_use_is_refused_and_nothing_is_written() -> None:
    make_warehouse(code="WH-BJ", number=7)

    with pytest.raises(CodeTaken) as by_code:
        make_warehouse(code="WH-BJ")
    with pytest.raises(CodeTaken) as by_number:
        make_warehouse(number=7)

    assert (by_code.value.param, by_code.value.details) == ("code", {"code": "WH-BJ"})
    assert (by_number.value.param, by_number.value.details) == ("number", {"number": "7"})
    assert Warehouse.objects.count() == 1


@pytest.mark.parametrize("name", ["", "   ", "x" * 101, "a\x00b"])
def test_a_bad_warehouse_name_is_refused(name: str) -> None:
    with pytest.raises(InvalidText) as refused:
        make_warehouse(name=name)

    assert refused.value.param == "name"
    assert Warehouse.objects.count() == 0


def test_changing_a_warehouse_records_what_changed_once() -> None:
    warehouse = make_warehouse(name="北京仓")
    change = {"name": "北京一号仓", "phone": ""}

    services.update_warehouse(warehouse_id=warehouse.pk, changes=change, actor=system_actor())
    services.update_warehouse(warehouse_id=warehouse.pk, changes=change, actor=system_actor())

    events = list(Event.objects.filter(subject=f"warehousing.warehouse:{warehouse.pk}"))
    assert [event.payload["changes"] for event in events] == [{"name": ["北京仓", "北京一号仓"]}]
    assert Warehouse.objects.get(pk=warehouse.pk).name == "北京一号仓"


def test_the_code_of_a_warehouse_never_changes() -> None:
    warehouse = make_warehouse()

    with pytest.raises(KeyError):
        services.update_warehouse(warehouse_id=warehouse.pk, changes={"code": "X"}, actor=system_actor())


def test_a_zone_code_is_normalised_and_unique_in_its_warehouse() -> None:
    zone = make_zone(code=" st ")
    other = make_zone(code="ST")

    with pytest.raises(CodeTaken):
        make_zone(zone.warehouse, code="st")
    with pytest.raises(InvalidText) as refused:
        make_zone(zone.warehouse, code="存储")

    assert (zone.code, other.code) == ("ST", "ST")
    assert refused.value.code == "invalid_code"
    assert Zone.objects.filter(warehouse=zone.warehouse).count() == 1


def test_a_zone_of_an_unknown_kind_is_refused() -> None:
    with pytest.raises(InvalidText) as refused:
        make_zone(kind="roof")

    assert refused.value.param == "kind"


def test_a_rack_opens_with_every_location_coded_as_in_the_document() -> None:
    zone = make_zone(make_warehouse(number=1))

    shelf = make_rack(zone, rack="3", levels=2, slots=5, capacity=100)

    codes = list(Location.objects.filter(shelf=shelf).order_by("code").values_list("code", flat=True))
    assert codes == [f"1-ST-03-{level:02d}-{slot:02d}" for level in (1, 2) for slot in (1, 2, 3, 4, 5)]
    assert "1-ST-03-02-05" in codes
    assert (shelf.rack, shelf.capacity, shelf.warehouse_id) == ("03", 100, zone.warehouse_id)
    assert shelf.code.startswith("SH-")


def test_a_rack_that_is_there_already_is_refused_as_a_whole() -> None:
    zone = make_zone(make_warehouse(number=1))
    make_rack(zone, rack="3", levels=1, slots=1)

    with pytest.raises(LocationExists) as refused:
        make_rack(zone, rack="03", levels=4, slots=4)

    assert refused.value.details == {"rack": "1-ST-03"}
    assert (Shelf.objects.count(), Location.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    ("levels", "slots", "param"), [(0, 1, "levels"), (100, 1, "levels"), (1, 0, "slots"), (1, 100, "slots")]
)
def test_a_rack_has_1_to_99_levels_and_slots(levels: int, slots: int, param: str) -> None:
    with pytest.raises(RackTooLarge) as refused:
        make_rack(levels=levels, slots=slots)

    assert refused.value.param == param
    assert Location.objects.count() == 0


def test_a_rack_belongs_to_a_zone_of_its_warehouse() -> None:
    zone, elsewhere = make_zone(), make_warehouse()

    with pytest.raises(ZoneNotFound):
        services.open_rack(
            warehouse_id=elsewhere.pk, zone_id=zone.pk, rack="1", levels=1, slots=1, actor=system_actor()
        )


def test_a_plain_shelf_takes_the_next_rack_of_a_storage_zone_made_for_it() -> None:
    warehouse = make_warehouse(number=4)

    first = services.create_shelf(warehouse_id=warehouse.pk, description="A", actor=system_actor())
    second = services.create_shelf(warehouse_id=warehouse.pk, capacity=9, actor=system_actor())

    assert Zone.objects.get(warehouse=warehouse).kind == ZoneKind.STORAGE
    assert [first.rack, second.rack] == ["01", "02"]
    assert Location.objects.get(shelf=second).code == "4-ST-02-01-01"


@pytest.mark.parametrize("capacity", [0, -1, 1_000_000_001])
def test_a_capacity_outside_its_range_is_refused(capacity: int) -> None:
    shelf = make_rack(capacity=5)

    with pytest.raises(InvalidNumber):
        services.update_shelf(shelf_id=shelf.pk, changes={"capacity": capacity}, actor=system_actor())
    with pytest.raises(InvalidNumber):
        make_rack(capacity=capacity)

    assert Shelf.objects.get(pk=shelf.pk).capacity == 5
    assert Shelf.objects.count() == 1


def test_one_more_location_on_a_rack() -> None:
    shelf = make_rack(make_zone(make_warehouse(number=2)), rack="9", levels=1, slots=1)

    added = services.add_location(shelf_id=shelf.pk, level=3, slot=1, actor=system_actor())
    with pytest.raises(LocationExists):
        services.add_location(shelf_id=shelf.pk, level=3, slot=1, actor=system_actor())
    with pytest.raises(ShelfNotFound):
        services.add_location(shelf_id=shelf.pk + 1, level=1, slot=1, actor=system_actor())

    assert added.code == "2-ST-09-03-01"
    assert Location.objects.count() == 2


def test_locations_are_found_by_code_and_by_shelf() -> None:
    shelf = make_rack(make_zone(make_warehouse(number=1)), rack="1", levels=1, slots=2)
    empty = make_rack(levels=1, slots=1)
    Location.objects.filter(shelf=empty).delete()

    found = selectors.locations_by_code(["1-ST-01-01-02", "9-XX-01-01-01"])
    by_shelf = selectors.location_ids_of_shelves([shelf.pk, empty.pk])

    assert list(found) == ["1-ST-01-01-02"]
    assert found["1-ST-01-01-02"].shelf_id == shelf.pk
    assert by_shelf == {
        shelf.pk: list(Location.objects.filter(shelf=shelf).order_by("slot").values_list("id", flat=True)),
        empty.pk: [],
    }


def test_the_default_location_is_the_first_in_storage() -> None:
    warehouse = make_warehouse()
    with pytest.raises(LocationNotFound):
        selectors.default_location(warehouse.pk)

    receiving = make_location(make_zone(warehouse, code="SH", kind=ZoneKind.RECEIVING))
    assert selectors.default_location(warehouse.pk).id == receiving.pk

    storage = make_location(make_zone(warehouse, code="ST"))
    assert selectors.default_location(warehouse.pk).id == storage.pk


def test_placement_rules_come_from_zone_and_shelf() -> None:
    zone = make_zone(sku_mixing=SkuMixing.SINGLE, capacity_rule=CapacityRule.HARD)
    shelf = make_rack(zone, levels=1, slots=1, capacity=40)
    location = Location.objects.get(shelf=shelf)

    rule = selectors.placement_rules([location.pk])[location.pk]

    assert (rule.capacity, rule.is_capacity_hard, rule.is_single_sku) == (40, True, True)


def test_shelf_usage_is_zero_until_somebody_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "_shelf_usage", [])
    assert ports.shelf_usage([1, 2]) == {1: 0, 2: 0}

    ports.register_shelf_usage(lambda ids: {2: 7})
    assert ports.shelf_usage([1, 2]) == {1: 0, 2: 7}
