"""Opening, suspending and migrating namespaces: complete, repeatable, resumable, names never used twice."""

from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from vmi.accounts.models import User
from vmi.core import clock
from vmi.core.db import fetch_all
from vmi.core.tenancy import run_in_namespace
from vmi.namespaces import migrating, opening, services
from vmi.namespaces.choices import OpeningStep
from vmi.namespaces.exceptions import (
    InvalidNamespaceName,
    InvalidNamespaceOption,
    NamespaceNameTaken,
    NamespaceStateConflict,
    TemplateMissing,
)
from vmi.namespaces.models import Domain, Namespace, SchemaVersion
from vmi.namespaces.placement import distribute
from vmi.namespaces.selectors import active_schemas, namespace_setting
from vmi.namespaces.services import open_namespace, resume_namespace, suspend_namespace
from vmi.namespaces.versions import code_version, stored_versions


@pytest.fixture
def on_platform(db: None) -> None:
    connection.set_schema_to_public()


def opened(name: str = "gamma", **options: Any) -> Namespace:
    return open_namespace(schema_name=name, name=name.title(), domain=f"{name}.testserver", **options)


@pytest.mark.usefixtures("on_platform")
def test_an_opened_namespace_is_complete() -> None:
    steps: list[OpeningStep] = []

    namespace = opened(currency="GBP", time_zone="Europe/London", language="en", progress=steps.append)

    assert steps == list(OpeningStep)[1:]
    stored = Namespace.objects.get(schema_name="gamma")
    assert (stored.state, stored.opening_step, stored.problem) == ("active", 5, "")
    assert (stored.currency, stored.time_zone, stored.language) == ("GBP", "Europe/London", "en")
    assert (stored.cart_hold_minutes, stored.order_hold_minutes, stored.sweepers_paused) == (30, 15, False)
    assert stored.schema_version == code_version()
    assert namespace.active_since is not None
    assert list(Domain.objects.filter(tenant=stored).values_list("domain", "is_primary")) == [
        ("gamma.testserver", True)
    ]


@pytest.mark.usefixtures("on_platform")
def test_a_new_namespace_has_the_tables_constraints_and_triggers_of_the_template() -> None:
    opened()
    counts = """
        SELECT (SELECT count(*) FROM information_schema.tables WHERE table_schema = %(s)s) AS tables,
               (SELECT count(*) FROM pg_constraint c JOIN pg_namespace n ON n.oid = c.connamespace
                 WHERE n.nspname = %(s)s AND c.contype <> 'n') AS constraints,
               (SELECT count(*) FROM pg_indexes WHERE schemaname = %(s)s) AS indexes,
               (SELECT count(*) FROM pg_trigger t JOIN pg_class r ON r.oid = t.tgrelid
                  JOIN pg_namespace n ON n.oid = r.relnamespace
                 WHERE n.nspname = %(s)s AND NOT t.tgisinternal) AS triggers,
               (SELECT count(*) FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
                 WHERE n.nspname = %(s)s) AS functions
    """

    (template,) = fetch_all(counts, {"s": "template"})
    (gamma,) = fetch_all(counts, {"s": "gamma"})

    assert gamma == template
    assert gamma["tables"] > 20
    assert gamma["triggers"] > 0


@pytest.mark.usefixtures("on_platform")
def test_foreign_keys_and_triggers_of_a_new_namespace_stay_inside_it() -> None:
    opened()
    outside = """
        SELECT c.conname AS name FROM pg_constraint c JOIN pg_namespace n ON n.oid = c.connamespace
          JOIN pg_class target ON target.oid = c.confrelid JOIN pg_namespace tn ON tn.oid = target.relnamespace
         WHERE n.nspname = 'gamma' AND tn.nspname <> 'gamma'
        UNION ALL
        SELECT t.tgname FROM pg_trigger t JOIN pg_class r ON r.oid = t.tgrelid
          JOIN pg_namespace n ON n.oid = r.relnamespace JOIN pg_proc p ON p.oid = t.tgfoid
          JOIN pg_namespace pn ON pn.oid = p.pronamespace
         WHERE n.nspname = 'gamma' AND NOT t.tgisinternal AND pn.nspname <> 'gamma'
    """

    assert fetch_all(outside) == []


@pytest.mark.usefixtures("on_platform")
def test_the_first_person_of_a_new_namespace_gets_the_id_after_the_system_user() -> None:
    opened()

    with run_in_namespace("gamma"):
        assert list(User.objects.values_list("id", "username", "is_active")) == [(1, "system", False)]
        assert User.objects.create_user("ann").pk == 2


@pytest.mark.usefixtures("on_platform")
def test_opening_again_changes_nothing() -> None:
    first = opened()
    with run_in_namespace("gamma"):
        User.objects.create_user("ann")

    again = opened(currency="CNY")

    assert again.pk == first.pk
    with run_in_namespace("gamma"):
        assert User.objects.filter(username="ann").exists()


@pytest.mark.usefixtures("on_platform")
def test_an_opening_that_broke_off_is_continued_where_it_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(schema: str) -> bool:
        raise RuntimeError("no room")

    monkeypatch.setattr(opening, "distribute", broken)
    with pytest.raises(RuntimeError, match="no room"):
        opened()
    half = Namespace.objects.get(schema_name="gamma")
    assert (half.state, half.opening_step, half.problem) == ("failed", OpeningStep.PREPARED, "RuntimeError: no room")
    assert "gamma" not in active_schemas()

    monkeypatch.setattr(opening, "distribute", distribute)
    steps: list[OpeningStep] = []
    namespace = opened(progress=steps.append)

    assert (namespace.state, namespace.problem) == ("active", "")
    assert "gamma" in active_schemas()


@pytest.mark.usefixtures("on_platform")
def test_what_apps_prepare_runs_inside_the_new_namespace(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    monkeypatch.setattr(opening, "_preparations", {})
    opening.prepare_namespace_with("test", lambda: seen.append(connection.schema_name))

    opened()

    assert seen == ["gamma"]


@pytest.mark.usefixtures("on_platform")
def test_without_a_template_nothing_is_opened() -> None:
    SchemaVersion.objects.filter(schema_name="template").delete()

    with pytest.raises(TemplateMissing):
        opened()

    assert Namespace.objects.get(schema_name="gamma").state == "failed"
    assert fetch_all("SELECT 1 FROM pg_namespace WHERE nspname = 'gamma'") == []


@pytest.mark.usefixtures("on_platform")
@pytest.mark.parametrize(
    "name",
    [
        "",
        "g",
        "Gamma",
        "9gamma",
        "gam ma",
        "gam-ma",
        "gam;ma",
        'gam"ma',
        "public",
        "template",
        "pg_gamma",
        "a" * 49,
        "伽马",
        "gamma\n",
    ],
)
def test_a_name_that_does_not_fit_is_refused(name: str) -> None:
    with pytest.raises(InvalidNamespaceName):
        open_namespace(schema_name=name, name="G", domain="gamma.testserver")

    assert not Domain.objects.filter(domain="gamma.testserver").exists()


@pytest.mark.usefixtures("on_platform")
@pytest.mark.parametrize(
    ("options", "param"),
    [
        ({"currency": "gbp"}, "currency"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"language": "xx"}, "language"),
        ({"domain": "localhost"}, "domain"),
        ({"domain": "gam ma"}, "domain"),
        ({"domain": "gamma:8000"}, "domain"),
        ({"domain": ""}, "domain"),
        ({"domain": "gamma."}, "domain"),
    ],
)
def test_an_option_that_does_not_exist_is_refused(options: dict[str, str], param: str) -> None:
    with pytest.raises(InvalidNamespaceOption) as refused:
        open_namespace(**{"schema_name": "gamma", "name": "G", "domain": "gamma.testserver", **options})  # type: ignore[arg-type]

    assert refused.value.param == param
    assert not Namespace.objects.filter(schema_name="gamma").exists()


@pytest.mark.usefixtures("on_platform")
def test_names_hosts_and_leftover_schemas_are_never_used_twice() -> None:
    with pytest.raises(NamespaceNameTaken):
        open_namespace(schema_name="alpha", name="A", domain="other.testserver")
    with pytest.raises(NamespaceNameTaken):
        open_namespace(schema_name="gamma", name="G", domain="ALPHA.testserver")
    with connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA leftover")
    with pytest.raises(NamespaceNameTaken):
        open_namespace(schema_name="leftover", name="L", domain="leftover.testserver")

    assert sorted(Namespace.objects.values_list("schema_name", flat=True)) == ["alpha", "beta"]


@pytest.mark.usefixtures("on_platform")
def test_a_namespace_is_never_deleted() -> None:
    with pytest.raises(TypeError):
        Namespace.objects.get(schema_name="alpha").delete()


def test_suspending_and_resuming() -> None:
    assert suspend_namespace(schema_name="beta").state == "suspended"
    assert suspend_namespace(schema_name="beta").state == "suspended"
    assert active_schemas() == ["alpha"]

    assert resume_namespace(schema_name="beta").state == "active"
    with pytest.raises(NamespaceStateConflict):
        suspend_namespace(schema_name="nobody")


def test_paused_jobs_leave_the_namespace_open() -> None:
    services.pause_sweepers(schema_name="beta", paused=True)

    assert active_schemas() == ["alpha", "beta"]
    assert active_schemas(sweeping=True) == ["alpha"]


def test_options_are_read_by_name_from_the_current_namespace() -> None:
    assert namespace_setting("order_hold_minutes") == 15
    with run_in_namespace("beta"):
        assert namespace_setting("currency") == "CNY"
    with pytest.raises(KeyError):
        namespace_setting("schema_version")


def test_the_business_day_follows_the_zone_of_the_namespace_however_it_was_entered() -> None:
    from datetime import UTC, date, datetime

    with run_in_namespace("public"):
        Namespace.objects.filter(schema_name="beta").update(time_zone="America/New_York")
    instant = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)

    assert clock.local_date(instant) == date(2026, 11, 22)
    with run_in_namespace("beta"):
        assert clock.local_date(instant) == date(2026, 11, 21)


def test_an_up_to_date_fleet_is_left_alone(django_assert_num_queries: Any) -> None:
    assert migrating.pending() == []
    assert migrating.migrate_all() == []
    out = StringIO()
    call_command("migrate_all", stdout=out)
    assert out.getvalue() == "every schema is up to date\n"


def test_what_is_on_another_version_is_migrated_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    with run_in_namespace("public"):
        Namespace.objects.filter(schema_name="beta").update(schema_version="older")
    assert migrating.pending() == ["beta"]
    with pytest.raises(CommandError, match="Pending: beta"):
        call_command("migrate_all", check=True)

    assert migrating.migrate_all() == ["beta"]

    assert stored_versions()["beta"] == code_version()
    assert connection.schema_name == "alpha"


def test_a_namespace_that_fails_does_not_stop_the_next_and_stays_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import ProgrammingError

    with run_in_namespace("public"):
        Namespace.objects.update(schema_version="older")
    real = migrating.migrate_schema

    def fails_in_alpha(schema: str) -> None:
        if schema == "alpha":
            raise ProgrammingError("column exists")
        real(schema)

    monkeypatch.setattr(migrating, "migrate_schema", fails_in_alpha)

    with pytest.raises(CommandError, match="alpha: column exists"):
        call_command("migrate_all", verbosity=0)

    versions = stored_versions()
    assert (versions["alpha"], versions["beta"]) == ("older", code_version())
    assert active_schemas() == ["beta"]


def test_commands_open_suspend_and_resume(on_platform: None) -> None:
    def run(*args: str, **options: Any) -> str:
        out = StringIO()
        call_command(*args, stdout=out, **options)
        return out.getvalue()

    opened_lines = run("open_namespace", "gamma", "--domain", "gamma.testserver").splitlines()
    assert opened_lines[0] == "1/5 cloned"
    assert opened_lines[-2:] == ["gamma: active", "somebody who can sign in: manage.py make_administrator gamma"]
    assert run("suspend_namespace", "gamma") == "gamma: suspended\n"
    assert run("suspend_namespace", "gamma", "--resume") == "gamma: active\n"
    with pytest.raises(CommandError, match="domain"):
        call_command("open_namespace", "delta", "--domain", "not a host")


def test_the_version_of_the_code_is_stable_and_differs_by_kind_of_schema() -> None:
    assert code_version() == code_version() != code_version(platform=True)
    assert len(code_version()) == 16


def test_opening_at_once_from_two_sides_is_one_opening(
    committed_namespace: Any, in_threads: Callable[..., Any]
) -> None:
    from django.db import connection as own

    def open_it() -> str:
        own.set_schema_to_public()
        return str(opened("twice").state)

    try:
        assert in_threads(open_it, open_it) == ["active", "active"]
    finally:
        with connection.cursor() as cursor:
            cursor.execute('DROP SCHEMA IF EXISTS "twice" CASCADE')
        with run_in_namespace("public"):
            Domain.objects.filter(domain="twice.testserver").delete()
            Namespace.objects.filter(schema_name="twice")._raw_delete("default")
