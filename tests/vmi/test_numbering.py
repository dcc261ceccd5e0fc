"""Codes and document numbers: their look, their rules, their uniqueness under load and across namespaces."""

import os
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from vmi.core.tenancy import NoNamespace
from vmi.numbering import blocks, services
from vmi.numbering.models import NumberCounter, NumberRule
from vmi.numbering.rules import DEFAULT_RULES, Period, Rule, period_key, render
from vmi.numbering.services import next_number

EVENING = datetime(2026, 11, 21, 18, 30, tzinfo=UTC)
"""Already the 22nd in Shanghai."""


@pytest.fixture(autouse=True)
def _fresh_rules() -> Any:
    services.forget_rules()
    yield
    services.forget_rules()


def number_of(sn: str) -> int:
    return int(sn.rsplit("-", 1)[1])


def test_a_dated_number_carries_the_business_day_of_the_namespace() -> None:
    assert re.fullmatch(r"ORD-20261122-\d{6}", next_number("order", on=EVENING))


def test_an_undated_number_is_prefix_and_digits() -> None:
    assert re.fullmatch(r"MEM-\d{6}", next_number("partner"))


def test_numbers_rise_by_one_within_a_process() -> None:
    first, second, third = (number_of(next_number("store")) for _ in range(3))

    assert (second - first, third - second) == (1, 1)


def test_every_kind_of_the_product_has_a_rule_row_equal_to_its_default() -> None:
    assert {rule.kind: rule.as_rule() for rule in NumberRule.objects.all()} == DEFAULT_RULES
    assert len(DEFAULT_RULES) == 22


def test_a_changed_rule_changes_the_look_and_not_the_count() -> None:
    before = number_of(next_number("warehouse"))
    NumberRule.objects.filter(kind="warehouse").update(prefix="WHS", width=8, with_namespace=True)
    services.forget_rules()

    assert next_number("warehouse") == f"ALPHA-WHS-{before + 1:08d}"


def test_two_kinds_cannot_share_a_prefix() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        NumberRule.objects.filter(kind="warehouse").update(prefix="ORD")


def test_an_unknown_kind_is_a_defect() -> None:
    with pytest.raises(KeyError):
        next_number("unheard")


def test_the_platform_has_no_numbers() -> None:
    connection.set_schema_to_public()

    with pytest.raises(NoNamespace):
        next_number("order")


def test_a_number_taken_in_a_rolled_back_transaction_is_not_given_again() -> None:
    with transaction.atomic():
        lost = next_number("shelf")
        transaction.set_rollback(True)

    assert number_of(next_number("shelf")) == number_of(lost) + 1


def test_namespaces_count_each_for_itself(in_beta: Callable[[], AbstractContextManager[None]]) -> None:
    blocks.forget()
    ours = [number_of(next_number("owner")) for _ in range(3)]
    with in_beta():
        theirs = [number_of(next_number("owner")) for _ in range(3)]
    more = number_of(next_number("owner"))

    assert ours == list(range(ours[0], ours[0] + 3))
    assert theirs == list(range(theirs[0], theirs[0] + 3))
    assert more == ours[2] + 1


def test_parallel_callers_never_get_the_same_number(in_threads: Callable[..., list[Any]]) -> None:
    def take_three() -> list[str]:
        return [next_number("order", on=EVENING) for _ in range(3)]

    results = in_threads(*[take_three] * 20)

    numbers = [sn for result in results for sn in result]
    assert len(numbers) == len(set(numbers)) == 60
    assert {number_of(sn) for sn in numbers} == set(range(1, 61))
    assert NumberCounter.objects.get(kind="order", period="20261122").last_value == 100


def test_processes_that_take_blocks_at_once_never_share_a_number(in_threads: Callable[..., list[Any]]) -> None:
    """Ten processes are played by threads that reserve for themselves, past the process's own blocks."""
    schema = connection.schema_name

    results = in_threads(*[lambda: blocks._reserve(schema, "order", "", 50)] * 10)

    assert sorted(results) == [50 * n for n in range(1, 11)]


def test_a_forked_child_does_not_continue_its_parents_block() -> None:
    blocks.take("alpha", "forked", "")
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writing, str(len(blocks._blocks)).encode())
        os._exit(0)
    os.waitpid(child, 0)

    assert os.read(reading, 10) == b"0"
    assert blocks._blocks


def test_taking_a_block_leaves_no_connection_behind() -> None:
    def sessions() -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
            return int(cursor.fetchone()[0])

    before = sessions()
    blocks.forget()
    next_number("product")

    assert sessions() == before


@pytest.mark.no_database
@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (Rule("ORD", Period.DAY, 6), "ORD-20260102-000007"),
        (Rule("ORD", Period.MONTH, 4), "ORD-202601-0007"),
        (Rule("ORD", Period.YEAR, 5), "ORD-2026-00007"),
        (Rule("ORD", Period.NONE, 4, with_namespace=True), "DEMO-ORD-0007"),
    ],
)
def test_the_look_of_each_period(rule: Rule, expected: str) -> None:
    assert render(rule, period_key(rule, date(2026, 1, 2)), 7, "demo") == expected


@pytest.mark.no_database
def test_a_number_that_outgrows_its_width_gets_longer() -> None:
    assert render(Rule("ORD", Period.NONE, 4), "", 12345, "demo") == "ORD-12345"


@pytest.mark.parametrize(("kept_s", "reads"), [(0.0, 3), (float("inf"), 1)])
def test_rules_are_read_again_when_their_time_is_over(
    kept_s: float, reads: int, settings: Any, django_assert_num_queries: Any
) -> None:
    settings.NUMBER_RULES_CACHE_S = kept_s

    NumberRule.objects.count()  # the path of the namespace is set by now
    with django_assert_num_queries(reads):
        assert [services.rule_of(connection.schema_name, "order").prefix for _call in range(3)] == ["ORD"] * 3
