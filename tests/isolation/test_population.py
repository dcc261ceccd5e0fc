"""The two worlds the other tests stand on are what they claim to be."""

import pytest
from django.db import connection
from django_tenants.utils import tenant_context

from tests.support.populated import empty_tables
from tests.support.two_worlds import OURS, THEIRS, TwoWorlds, fingerprint

pytestmark = pytest.mark.no_database


def test_every_table_of_the_other_namespace_has_rows_to_leak(worlds: TwoWorlds) -> None:
    with tenant_context(worlds.beta):
        assert empty_tables() == []


def test_ids_are_equal_and_the_last_third_exists_in_beta_only(worlds: TwoWorlds) -> None:
    assert worlds.ours.ids == worlds.theirs.ids
    assert all(worlds.only_beta.ids[name] > worlds.neighbours.ids[name] for name in worlds.ours.ids)


def test_the_mark_is_in_every_text_table_and_never_in_alpha(worlds: TwoWorlds) -> None:
    assert connection.schema_name == "alpha"
    assert _tables_with(THEIRS) == set()
    assert {"orders_order", "partners_partner", "stores_goods", "events_event"} <= _tables_with(OURS)


def test_the_fingerprint_sees_one_changed_letter(worlds: TwoWorlds) -> None:
    before = fingerprint(worlds.beta)
    assert fingerprint(worlds.beta) == before
    with tenant_context(worlds.beta), connection.cursor() as cursor:
        cursor.execute("UPDATE orders_order SET memo = memo || '.' WHERE id = %s", [worlds.theirs.ids["order"]])
    assert {name for name, value in fingerprint(worlds.beta).items() if value != before[name]} == {"orders_order"}


def _tables_with(mark: str) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
        tables = [name for (name,) in cursor.fetchall()]
        found = set()
        for table in tables:
            cursor.execute(f'SELECT EXISTS (SELECT 1 FROM "{table}" t WHERE t::text LIKE %s)', [f"%{mark}%"])
            if cursor.fetchone()[0]:
                found.add(table)
        return found
