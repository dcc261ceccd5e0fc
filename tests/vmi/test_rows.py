"""Prepared rows do what the ORM does: same values in, same values out, same refusals."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import DataError, IntegrityError, connection, transaction

from inventory.models import Channel
from tests.support.sql import statements
from vmi.core import rows
from vmi.core.actors import SYSTEM_USER_ID
from vmi.core.db import analyse_tables, array_text, fetch_prepared
from vmi.events.models import Delivery, Event
from warehousing.models import Warehouse

AT = datetime(2026, 11, 22, 4, 0, 0, 123456, tzinfo=UTC)
ODD = 'a "quoted\\" {brace}, NULL, 库位\n'


def event(**values: Any) -> Event:
    """An event that is not stored."""
    plain = {"type": "x.y", "subject": "s:1", "actor_id": SYSTEM_USER_ID, "actor_kind": "system", "actor_label": ""}
    return Event(**{**plain, "payload": {}, "at": AT, **values})


@pytest.mark.parametrize("count", [1, 3])
def test_what_is_inserted_is_what_the_orm_reads(count: int) -> None:
    given = [
        event(subject=f"{ODD}{number}", payload={"text": ODD, "none": None, "list": [1, "2"]}, changes=None)
        for number in range(count)
    ]

    inserted = rows.insert(given)

    assert [row.pk for row in inserted] == sorted(row.pk for row in inserted)
    for row, stored in zip(inserted, Event.objects.order_by("id"), strict=True):
        assert (row.pk, row.subject, row.payload, row.changes, row.at) == (
            stored.pk,
            stored.subject,
            stored.payload,
            stored.changes,
            stored.at,
        )
        assert not row._state.adding


def test_nothing_inserts_nothing() -> None:
    with statements() as sent:
        assert rows.insert([]) == []
    assert sent == []


def test_a_column_left_to_the_database_gets_its_default() -> None:
    (row,) = rows.insert([Event(**_without_instant())])

    assert abs(Event.objects.get(pk=row.pk).at - datetime.now(UTC)) < timedelta(minutes=5)


def _without_instant() -> dict[str, Any]:
    return {
        "type": "x.y",
        "subject": "s:1",
        "actor_id": SYSTEM_USER_ID,
        "actor_kind": "system",
        "actor_label": "",
        "payload": {},
    }


def test_what_is_loaded_is_what_the_orm_loads() -> None:
    stored = Event.objects.create(**_without_instant() | {"payload": {"a": [1, None, ODD]}, "subject": ODD})

    (loaded,) = rows.load(Event, pk=stored.pk)

    assert loaded == stored
    assert (loaded.payload, loaded.subject, loaded.at) == (stored.payload, stored.subject, loaded.at)
    assert not loaded._state.adding
    loaded.refresh_from_db()
    assert rows.load(Event, subject="nobody") == []


def test_rows_are_loaded_by_key_and_locked_on_request() -> None:
    rows.insert([event(subject=str(number % 2)) for number in range(4)])

    with statements() as sent:
        found = rows.load(Event, lock=True, also="type <> 'z'", subject="1", type="x.y")

    assert [row.pk for row in found] == sorted(row.pk for row in found)
    assert len(found) == 2
    assert sent[0].endswith("AND type <> 'z' ORDER BY \"id\" FOR UPDATE")


def test_an_update_counts_the_rows_it_found() -> None:
    first, second = rows.insert([event(), event()])
    delivery = Delivery.objects.create(event=first, handler="a.b")

    assert rows.update(Delivery, {"pk": delivery.pk, "state": "pending"}, {"state": "done", "next_at": AT}) == 1
    assert rows.update(Delivery, {"pk": delivery.pk, "state": "pending"}, {"state": "done"}) == 0

    delivery.refresh_from_db()
    assert (delivery.state, delivery.next_at, delivery.event_id) == ("done", AT, first.pk)
    assert second.pk


@pytest.mark.parametrize("count", [1, 2])
def test_what_the_column_refuses_is_refused_and_never_cut(count: int) -> None:
    with pytest.raises(DataError), transaction.atomic():
        rows.insert([event(type="x" * 65) for _ in range(count)])
    with pytest.raises((DataError, ValueError)), transaction.atomic():
        rows.insert([event(subject="a\x00b") for _ in range(count)])
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.insert([Delivery(event_id=1, handler=f"a.{number}", state="odd") for number in range(count)])
    assert not Event.objects.exists()


def test_unique_keys_name_their_constraint() -> None:
    plain = {"creater_id": SYSTEM_USER_ID, "create_time": AT, "modify_time": AT, "name": "x"}
    rows.insert([Channel(code="C", **plain)])

    with pytest.raises(IntegrityError, match="inventory_channel_code"), transaction.atomic():
        rows.insert([Channel(code="C", **plain)])


@pytest.mark.parametrize(
    ("sql_type", "values"),
    [
        ("bigint", [1, None, -(2**62)]),
        ("text", [ODD, "", None, "NULL", "{}"]),
        ("numeric", [Decimal("1.50"), None, Decimal("-0.0001")]),
        ("timestamptz", [AT, None]),
        ("boolean", [True, False, None]),
    ],
)
def test_arrays_arrive_as_they_were(sql_type: str, values: list[Any]) -> None:
    sql = f"SELECT array_agg(v) AS found FROM unnest(%(values)s::{sql_type}[]) AS u(v)"

    assert fetch_prepared(sql, {"values": array_text(values)})[0]["found"] == values


def test_the_size_of_a_number_makes_no_second_plan() -> None:
    sql = "SELECT %(number)s::bigint AS found, 'one plan'"

    assert [fetch_prepared(sql, {"number": number})[0]["found"] for number in (1, 2**20, 2**40)] == [1, 2**20, 2**40]

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%one plan%'")
        assert cursor.fetchone()[0] == 1


def test_the_planner_may_look_at_the_tables() -> None:
    analyse_tables()

    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE oid = %s::regclass", [Warehouse._meta.db_table])
        assert cursor.fetchone()[0] == 0
