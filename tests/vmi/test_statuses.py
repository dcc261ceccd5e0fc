"""The status table: seeded, guarded, named in two languages; transitions by compare-and-set."""

from typing import Any

import pytest
from django.core import checks as django_checks
from django.db import DatabaseError, connection, transaction
from django.utils.translation import override

from partners.choices import PARTNER_MACHINE, PartnerStatus
from tests.support.time import START, FrozenClock
from vmi.core.actors import system_actor
from vmi.core.choices import StatusEnum
from vmi.core.exceptions import InvalidTransition
from vmi.statuses import checks
from vmi.statuses.fields import StatusField
from vmi.statuses.machine import transition
from vmi.statuses.migrations import __path__ as migrations_path
from vmi.statuses.models import Status, status_label
from vmi.statuses.seeds import KINDS, SEEDS
from warehousing.models import Owner


@pytest.fixture
def owner() -> Owner:
    owner: Owner = Owner.objects.create(code="OWN-T", name="Test", creater_id=1)
    return owner


def test_the_table_holds_the_seeds_and_nothing_else() -> None:
    rows = list(Status.objects.values_list("value", "kind", "name", "name_en"))

    assert rows == [tuple(row) for row in SEEDS]
    assert len(rows) == 50
    assert {value // 100 for value, *_rest in rows} == set(KINDS)


def test_the_migrations_seed_exactly_the_list_of_the_code() -> None:
    from importlib import import_module
    from pkgutil import iter_modules

    seeded = [
        row
        for module in sorted(name for _finder, name, _pkg in iter_modules(migrations_path))
        for row in getattr(import_module(f"vmi.statuses.migrations.{module}"), "ROWS", [])
    ]

    assert seeded == [tuple(row) for row in SEEDS]


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO statuses_status (value, kind, name, name_en) VALUES (199, 1, 'x', 'x')",
        "UPDATE statuses_status SET name = 'x' WHERE value = 100",
        "DELETE FROM statuses_status WHERE value = 100",
        "TRUNCATE statuses_status",
    ],
)
def test_the_database_refuses_every_write(statement: str) -> None:
    refused = pytest.raises(DatabaseError, match="statuses_status is read-only")

    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)

    assert Status.objects.count() == 50


def test_a_name_is_chinese_where_chinese_is_spoken_and_english_elsewhere() -> None:
    with override("zh-hans"):
        assert str(Status.of(103)) == "超时关闭"
    with override("en"):
        assert str(Status.of(103)) == "Expired"
        assert status_label(999) == "999"


def test_the_row_of_a_state_comes_from_memory(owner: Owner, django_assert_num_queries: Any) -> None:
    Status.of(400)

    with django_assert_num_queries(0), override("en"):
        assert owner.status_id == PartnerStatus.ENABLED
        assert str(owner.status) == "Enabled"


def test_a_transition_moves_the_row_and_the_object(owner: Owner, frozen_clock: FrozenClock) -> None:
    transition(owner, PartnerStatus.DISABLED, machine=PARTNER_MACHINE, actor=system_actor(), extra={"contact": "Li"})

    stored = Owner.objects.get(pk=owner.pk)
    assert (stored.status_id, stored.contact, stored.modify_time) == (401, "Li", START)
    assert (owner.status_id, owner.contact, owner.modify_time) == (401, "Li", START)


def test_a_step_the_machine_does_not_know_is_refused_with_both_names(owner: Owner) -> None:
    with override("en"), pytest.raises(InvalidTransition) as refused:
        transition(owner, PartnerStatus.ENABLED, machine=PARTNER_MACHINE, actor=system_actor())

    with override("en"):
        assert str(refused.value) == "Cannot go from “Enabled” to “Enabled”."
    assert refused.value.details == {
        "kind": "partner",
        "id": owner.pk,
        "from": 400,
        "to": 400,
        "from_label": "Enabled",
        "to_label": "Enabled",
    }


def test_whoever_comes_second_loses_and_changes_nothing(owner: Owner) -> None:
    stale = Owner.objects.get(pk=owner.pk)
    transition(owner, PartnerStatus.DISABLED, machine=PARTNER_MACHINE, actor=system_actor())

    with pytest.raises(InvalidTransition) as refused:
        transition(stale, PartnerStatus.DISABLED, machine=PARTNER_MACHINE, actor=system_actor(), extra={"name": "X"})

    assert (refused.value.details["from"], refused.value.details["to"]) == (401, 401)
    assert Owner.objects.get(pk=owner.pk).name == "Test"


def test_a_value_of_another_kind_is_refused_by_the_database(owner: Owner) -> None:
    with pytest.raises(DatabaseError, match="warehousing_owner_status"), transaction.atomic():
        Owner.objects.filter(pk=owner.pk).update(status_id=100)


def test_every_enumeration_in_use_agrees_with_the_seeds() -> None:
    assert checks.check_enums(None) == []
    assert checks.check_table(None, databases=["default"]) == []


def test_a_table_that_differs_from_the_seeds_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "SEEDS", (*SEEDS[1:], SEEDS[0]._replace(name="别的"), SEEDS[0]._replace(value=199)))

    found = checks.check_table(None, databases=["default"])

    assert [message.msg for message in found] == ["The status table differs from the seeds for the values [100, 199]."]
    assert checks.check_table(None, databases=[]) == []


def test_an_enumeration_that_lacks_a_seeded_value_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    class Half(StatusEnum):
        ON_SALE = 500, "On sale"

    monkeypatch.setattr(checks, "used_enums", lambda: iter([Half]))

    found = checks.check_enums(None)

    assert [message.id for message in found] == ["statuses.E001"]
    assert found[0].msg.endswith("has the values [500], the seeds have [500, 501].")


def test_both_checks_are_registered() -> None:
    registered: set[object] = set(django_checks.registry.registry.registered_checks)

    assert {checks.check_enums, checks.check_table} <= registered


@pytest.mark.no_database
def test_a_status_column_tells_migrations_nothing_they_cannot_know() -> None:
    field = StatusField(PartnerStatus, default=PartnerStatus.ENABLED)

    _name, path, args, kwargs = field.deconstruct()

    assert (path, args) == ("vmi.statuses.fields.StatusField", [])
    assert sorted(kwargs) == ["db_index", "default", "editable", "verbose_name"]
    assert field.remote_field.field_name == "value"
    assert getattr(field, "db_constraint") is False  # noqa: B009 (unknown to the stubs)
