"""``reconcile`` finds every kind of planted difference, names it, and exits 1; clean stock exits 0."""

import io
import json
from collections.abc import Callable

import pytest
from django.core.management import CommandError, call_command

from inventory.services.reconcile import Finding, prove_stock, reconcile
from tests.factories.inventory import Stock
from tests.inventory.busy import busy_stock, plant
from vmi.events.models import Event

FAULTS: dict[str, tuple[str, Callable[[Stock], int], list[tuple[str, str]]]] = {
    "physical quantity": (
        "UPDATE inventory_physicalstock SET quantity = quantity + 1 WHERE logical_id = %s",
        lambda stock: stock.logical.pk,
        [("I1", "quantity"), ("I2", "physical_base_qty")],
    ),
    "physical hold": (
        "UPDATE inventory_physicalstock SET held_qty = held_qty + 1 WHERE logical_id = %s",
        lambda stock: stock.logical.pk,
        [("I1", "held_qty"), ("I6", "held_qty")],
    ),
    "base": (
        "UPDATE inventory_logicalstock SET physical_base_qty = physical_base_qty - 1 WHERE id = %s",
        lambda stock: stock.logical.pk,
        [("I1", "physical_base_qty"), ("I2", "physical_base_qty"), ("I4", "sum of pool quotas")],
    ),
    "allocated": (
        "UPDATE inventory_logicalstock SET allocated_qty = allocated_qty + 1 WHERE id = %s",
        lambda stock: stock.logical.pk,
        [("I1", "allocated_qty"), ("I6", "allocated_qty")],
    ),
    "pool quota": (
        "UPDATE inventory_allocationpool SET quota_qty = quota_qty - 1 WHERE logical_id = %s AND purpose = 1",
        lambda stock: stock.logical.pk,
        [("I1", "quota_qty"), ("I5", "sum of base quotas")],
    ),
    "internal quota": (
        "UPDATE inventory_allocationpool SET quota_qty = quota_qty - 1 WHERE logical_id = %s AND purpose = 9",
        lambda stock: stock.logical.pk,
        [("I1", "quota_qty"), ("I6", "internal quota")],
    ),
    "channel hold": (
        "UPDATE inventory_channelstock SET held_qty = held_qty + 1 WHERE id = %s",
        lambda stock: stock.bucket.pk,
        [("I1", "held_qty"), ("I6", "held_qty")],
    ),
    "channel sale": (
        "UPDATE inventory_channelstock SET sold_qty = sold_qty + 1 WHERE id = %s",
        lambda stock: stock.bucket.pk,
        [("I1", "sold_qty"), ("I6", "sold_qty + frozen_qty"), ("I6", "allocated_qty")],
    ),
    "lost reservation": (
        "DELETE FROM inventory_reservation WHERE bucket_id = %s AND state = 1",
        lambda stock: stock.bucket.pk,
        [("I6", "held_qty")],
    ),
    "orphan reservation": (
        "UPDATE inventory_reservation SET bucket_id = 99999999 WHERE bucket_id = %s AND state = 1",
        lambda stock: stock.bucket.pk,
        [("I6", "held_qty"), ("I6", "held_qty"), ("I6", "bucket_id")],
    ),
    "forged entry": (
        (
            "INSERT INTO inventory_ledgerentry (layer, row_id, counter, delta, balance_after, version, command,"
            " source_type, source_sn, line_no, actor_id, at)"
            " VALUES (3, %s, 303, 5, 6, 99, 13, 'adjust', 'X', 0, 1, now())"
        ),
        lambda stock: stock.logical.pk,
        [("I1", "locked_qty"), ("I1", "locked_qty"), ("I8", "version")],
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_found_and_named(fault: str) -> None:
    sql, row, expected = FAULTS[fault]
    stock = busy_stock()
    plant(sql, row(stock))

    found = [(finding.invariant, finding.column) for finding in prove_stock()]

    assert sorted(found) == sorted(expected)


def test_a_finding_carries_the_figures() -> None:
    stock = busy_stock()
    plant("UPDATE inventory_channelstock SET held_qty = 4 WHERE id = %s", stock.bucket.pk)

    assert prove_stock() == [
        Finding("I1", "inventory_channelstock", stock.bucket.pk, "held_qty", actual=4, expected=1),
        Finding("I6", "inventory_channelstock", stock.bucket.pk, "held_qty", actual=4, expected=1),
    ]


def test_the_command_exits_one_on_a_difference_and_prints_json() -> None:
    stock = busy_stock()
    clean = io.StringIO()
    call_command("reconcile", namespace="alpha", as_json=True, stdout=clean)
    assert json.loads(clean.getvalue())[0]["differences"] == 0

    plant("UPDATE inventory_channelstock SET held_qty = 4 WHERE id = %s", stock.bucket.pk)
    found = io.StringIO()
    with pytest.raises(CommandError) as failure:
        call_command("reconcile", namespace="alpha", as_json=True, stdout=found)

    assert failure.value.returncode == 1
    (answer,) = json.loads(found.getvalue())
    assert answer["namespace"] == "alpha"
    assert answer["differences"] == 2
    assert answer["proofs"]["I1–I8 stock"][0]["actual"] == 4


def test_a_namespace_that_is_not_there_is_said_so() -> None:
    with pytest.raises(CommandError, match="There is no namespace 'nowhere'") as failure:
        call_command("reconcile", namespace="nowhere")

    assert failure.value.returncode == 1


def test_the_nightly_run_raises_an_event_only_when_something_differs() -> None:
    stock = busy_stock()
    assert reconcile(raise_event=True).count == 0
    assert not Event.objects.filter(type="reconcile.failed").exists()

    plant("UPDATE inventory_channelstock SET held_qty = 4 WHERE id = %s", stock.bucket.pk)
    assert reconcile(raise_event=True).count == 2
    assert Event.objects.get(type="reconcile.failed").payload["findings"] == 2
