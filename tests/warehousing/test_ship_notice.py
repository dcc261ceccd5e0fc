"""Opening, closing and cancelling ship notices."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from tests.factories.warehousing import make_connection, make_notice, make_warehouse, notice_line
from vmi.core.actors import system_actor
from vmi.core.exceptions import InvalidRequest
from vmi.core.sources import Source
from warehousing import selectors, services
from warehousing.choices import ShipNoticeStatus
from warehousing.exceptions import NoticeAlreadySent, NoticeAlreadyShipped, NoticeContradiction
from warehousing.models import ShipNotice, ShipNoticeLine, Warehouse

HTTP = {"mode": "http", "endpoint": "https://wms.example.com/notices"}


@pytest.fixture
def by_http() -> Warehouse:
    """A warehouse with a system that is reached by HTTP."""
    warehouse = make_warehouse()
    make_connection(warehouse, **HTTP)
    return warehouse


def test_without_a_system_a_notice_is_sent_at_once() -> None:
    notice = make_notice()

    assert notice.sn.startswith("SN-")
    assert notice.status_id == ShipNoticeStatus.SENT
    assert notice.sent_at == notice.create_time
    assert notice.next_attempt_at is None
    lines = list(notice.lines.values_list("line_no", "sku", "quantity", "shipped_quantity"))
    assert lines == [(1, "SKU001", 5, 0), (2, "SKU002", 3, 0)]


def test_with_a_system_a_notice_waits_for_the_sweep(by_http: Warehouse) -> None:
    notice = make_notice(by_http)

    assert notice.status_id == ShipNoticeStatus.TO_SEND
    assert (notice.sent_at, notice.next_attempt_at) == (None, notice.create_time)


def test_a_repeated_call_answers_the_first_notice() -> None:
    warehouse = make_warehouse()
    first = make_notice(warehouse, sn="ORD-1")
    again = make_notice(warehouse, sn="ORD-1")
    elsewhere = make_notice(make_warehouse(), sn="ORD-1")

    assert again.pk == first.pk
    assert elsewhere.pk != first.pk
    assert (ShipNotice.objects.count(), ShipNoticeLine.objects.count()) == (2, 4)


def test_other_lines_for_the_same_document_are_a_contradiction() -> None:
    warehouse = make_warehouse()
    make_notice(warehouse, sn="ORD-1")

    with pytest.raises(NoticeContradiction):
        make_notice(warehouse, sn="ORD-1", lines=[notice_line(1, quantity=6)])

    assert ShipNotice.objects.count() == 1


@pytest.mark.parametrize(("quantity", "param"), [(0, "lines[0].quantity"), (-1, "lines[0].quantity")])
def test_a_notice_needs_positive_quantities(quantity: int, param: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        make_notice(lines=[notice_line(1, quantity=quantity)])

    assert refused.value.param == param
    assert ShipNotice.objects.count() == 0


def test_a_notice_needs_lines() -> None:
    with pytest.raises(InvalidRequest):
        services.open_ship_notice(
            warehouse_id=make_warehouse().pk,
            source=Source("order", "ORD-1"),
            lines=[],
            consignee={},
            actor=system_actor(),
        )

    assert ShipNotice.objects.count() == 0


def test_opening_a_notice_costs_two_reads_and_two_inserts() -> None:
    warehouse = make_warehouse()
    make_notice(warehouse)  # the first number of a block is dearer

    with CaptureQueriesContext(
        connection,
    ) as queries:
        make_notice(warehouse)

    statements = [query["sql"] for query in queries if "clock_timestamp" not in query["sql"]]
    words = [sql.split()[0] for sql in statements if "SAVEPOINT" not in sql]
    assert words == ["SELECT", "SELECT", "INSERT", "INSERT"]


def test_the_database_refuses_to_ship_more_than_a_line_has() -> None:
    line = make_notice().lines.first()
    assert line is not None

    with pytest.raises(IntegrityError, match="warehousing_shipnoticeline_shipped"), transaction.atomic():
        ShipNoticeLine.objects.filter(pk=line.pk).update(shipped_quantity=6)


def test_closing_ships_everything_once() -> None:
    warehouse = make_warehouse()
    notice = make_notice(warehouse, sn="ORD-1")
    source = Source("order", "ORD-1")

    closed = services.close_ship_notice(source=source, company="SF", tracking_no="SF1", actor=system_actor())
    again = services.close_ship_notice(source=source, company="JD", tracking_no="JD9", actor=system_actor())

    notice.refresh_from_db()
    assert [item.pk for item in closed] == [notice.pk]
    assert again == []
    assert notice.status_id == ShipNoticeStatus.DONE
    assert (notice.company, notice.tracking_no) == ("SF", "SF1")
    assert list(notice.lines.values_list("shipped_quantity", flat=True)) == [5, 3]


def test_cancelling_a_waiting_notice(by_http: Warehouse) -> None:
    notice = make_notice(by_http, sn="ORD-1")
    source = Source("order", "ORD-1")

    services.cancel_ship_notice(source=source, actor=system_actor())
    services.cancel_ship_notice(source=source, actor=system_actor())

    notice.refresh_from_db()
    assert (notice.status_id, notice.next_attempt_at) == (ShipNoticeStatus.CANCELLED, None)
    assert selectors.notice_ids_of_source(source) == []


def test_a_notice_by_hand_can_be_taken_back_until_goods_left() -> None:
    warehouse = make_warehouse()
    notice = make_notice(warehouse, sn="ORD-1")
    services.confirm_manually(
        notice_id=notice.pk,
        company="SF",
        tracking_no="1",
        lines=[services.ShippedQuantity(1, 1)],
        actor=system_actor(),
    )

    with pytest.raises(NoticeAlreadyShipped):
        services.cancel_ship_notice(source=Source("order", "ORD-1"), actor=system_actor())

    notice.refresh_from_db()
    assert notice.status_id == ShipNoticeStatus.SENT


def test_only_its_system_can_take_back_a_notice_that_was_tried(by_http: Warehouse) -> None:
    notice = make_notice(by_http, sn="ORD-1")
    ShipNotice.objects.filter(pk=notice.pk).update(attempts=1)

    with pytest.raises(NoticeAlreadySent):
        services.cancel_ship_notice(source=Source("order", "ORD-1"), actor=system_actor())

    notice.refresh_from_db()
    assert notice.status_id == ShipNoticeStatus.TO_SEND


def test_cancelling_is_all_or_none_over_several_warehouses(by_http: Warehouse) -> None:
    free = make_notice(make_warehouse(), sn="ORD-1")
    tried = make_notice(by_http, sn="ORD-1")
    ShipNotice.objects.filter(pk=tried.pk).update(status_id=ShipNoticeStatus.SENT)

    with pytest.raises(NoticeAlreadySent):
        services.cancel_ship_notice(source=Source("order", "ORD-1"), actor=system_actor())

    free.refresh_from_db()
    assert free.status_id == ShipNoticeStatus.SENT
