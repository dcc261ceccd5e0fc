"""``manage.py replay_sales``: its answers, its exit code, one run at a time, and going on after it was stopped."""

import io
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django_tenants.utils import get_tenant_model, tenant_context

from inventory.models import ChannelStock
from inventory.services.reconcile import reconcile
from orders.models import Order
from orders.replay.exceptions import ReplayRunning
from orders.replay.run import Options, replay
from stores.models import Store
from tests.orders.sales_files import HEADER, line, sales_file
from vmi.core.tenancy import run_in_namespace
from vmi.namespaces.models import Namespace


def run(path: Path, **options: Any) -> str:
    """What the command prints."""
    output = io.StringIO()
    call_command("replay_sales", str(path), stdout=output, **{"namespace": "alpha", **options})
    return output.getvalue()


def invoices(count: int) -> list[str]:
    """So many invoices of one line each, a minute apart."""
    return [line(f"{536000 + number}", quantity=2, at=f"2010-12-01 08:{number:02d}:00") for number in range(count)]


def test_it_ends_with_a_summary_and_the_proofs(tmp_path: Path) -> None:
    printed = run(sales_file(tmp_path, [*invoices(3), line(code="POST"), line("C9", quantity=-1)], name="a.csv.gz"))

    for text in (
        "Playing invoices: 4 of 4",
        "│ sold ",
        "not played: charge or discount, not goods (POST)",
        "returned to its order",
        "│ all lines ",
        "│ orders ",
        "lines per second",
        "stock: ok",
        "I9 credit reports: ok",
    ):
        assert text in printed, text


def test_an_unreadable_file_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "sales.csv"
    path.write_text(f"{HEADER}\n{line()}\n{line(at='yesterday')}\n")

    with pytest.raises(CommandError, match=r"sales\.csv: line 3: InvoiceDate 'yesterday'") as refusal:
        run(path)

    assert refusal.value.returncode == 1
    assert (Store.objects.count(), Order.objects.count()) == (0, 0)


def test_a_failed_proof_is_an_error(tmp_path: Path) -> None:
    run(sales_file(tmp_path, invoices(2)))
    ChannelStock.objects.filter(sold_qty=0).update(returning_qty=7)

    with pytest.raises(CommandError, match="the ledgers do not agree"):
        run(sales_file(tmp_path, invoices(2)))


@pytest.mark.parametrize(
    ("option", "value"),
    [("--cover", "-1"), ("--cover", "much"), ("--cover", "NaN"), ("--limit", "0"), ("--batch", "-5")],
)
def test_impossible_options_are_refused(tmp_path: Path, option: str, value: str) -> None:
    with pytest.raises(CommandError, match=f"argument {option}"):
        call_command("replay_sales", str(sales_file(tmp_path, invoices(1))), option, value)


def test_a_stopped_run_goes_on(tmp_path: Path, committed_namespace: Namespace) -> None:
    path = sales_file(tmp_path, [*invoices(5), line("C9", quantity=-3, at="2010-12-03 08:00:00")])
    options = Options(committed_namespace.schema_name, batch=2)

    def stop_half_way(phase: str, done: int, _total: int) -> None:
        if phase == "play" and done == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        replay(path, options, stop_half_way)
    with tenant_context(committed_namespace):
        assert Order.objects.count() == 4
        assert reconcile().count == 0
    assert not Namespace.objects.get(pk=committed_namespace.pk).sweepers_paused

    outcome = replay(path, options, _silent)

    assert (outcome.tally.documents["orders"], outcome.tally.new["orders"]) == (5, 1)
    assert (outcome.tally.documents["returns"], outcome.tally.new["returns"]) == (2, 2)
    assert (outcome.tally.opening_units, outcome.report.count) == (0, 0)


def test_two_runs_at_once_are_refused(tmp_path: Path, committed_namespace: Namespace) -> None:
    path = sales_file(tmp_path, invoices(1))
    options = Options(committed_namespace.schema_name)
    other = connection.copy()
    with closing(other), other.cursor() as cursor:
        key = f"vmi.replay_sales:{committed_namespace.schema_name}"
        cursor.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", [key])
        with pytest.raises(ReplayRunning):
            replay(path, options, _silent)

    assert replay(path, options, _silent).tally.new["orders"] == 1


def test_a_missing_namespace_is_opened(
    tmp_path: Path, committed_namespace: Namespace, drop_schema: Callable[[str], None]
) -> None:
    with run_in_namespace("public"):
        printed = run(sales_file(tmp_path, invoices(1)), namespace="sold")

        opened = get_tenant_model().objects.get(schema_name="sold")
        assert "Opening the namespace" in printed
        assert (opened.currency, opened.time_zone, opened.language) == ("GBP", "Europe/London", "en")
        assert opened.domains.get().domain == "sold.localhost"
    with tenant_context(opened):
        assert Order.objects.get().create_time.isoformat() == "2010-12-01T08:00:00+00:00"
    drop_schema("sold")


@pytest.fixture
def drop_schema() -> Callable[[str], None]:
    """A function: drop what a test opened by itself."""

    def drop(schema: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f'DROP SCHEMA "{schema}" CASCADE')
        with run_in_namespace("public"):
            get_tenant_model().objects.filter(schema_name=schema).update(state="suspended")

    return drop


def _silent(_phase: str, _done: int, _total: int) -> None:
    """A progress nobody looks at."""
