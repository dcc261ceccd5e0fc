"""``reconcile`` finds what a dropped CHECK let in, what was done to the history, and who lost its other half."""

from collections.abc import Callable

import pytest

from inventory.models import ChannelShare, LedgerEntry
from inventory.services.proof_sql import BREAKS_TOLD
from inventory.services.reconcile import Finding, prove_stock
from tests.factories.inventory import Stock
from tests.inventory.busy import busy_stock, plant

BUCKET, LOGICAL, PHYSICAL = "inventory_channelstock", "inventory_logicalstock", "inventory_physicalstock"
UNLOCK = "ALTER TABLE inventory_ledgerentry DISABLE TRIGGER USER;"
LOCK = "; ALTER TABLE inventory_ledgerentry ENABLE TRIGGER USER"


def _drop(table: str, *names: str) -> None:
    plant("SET CONSTRAINTS ALL IMMEDIATE")
    for name in names:
        plant(f"ALTER TABLE {table} DROP CONSTRAINT {table}_{name}")


def _logical(stock: Stock) -> int:
    return stock.logical.pk


def _bucket(stock: Stock) -> int:
    return stock.bucket.pk


Fault = tuple[str, tuple[str, ...], str, Callable[[Stock], int], set[tuple[str, str]]]

FAULTS: dict[str, Fault] = {
    "negative in the channel": (
        BUCKET,
        ("not_negative",),
        "UPDATE inventory_channelstock SET returning_qty = -1 WHERE id = %s",
        _bucket,
        {("I1", "returning_qty"), ("I5", "returning_qty")},
    ),
    "negative in the logical row": (
        LOGICAL,
        ("not_negative",),
        "UPDATE inventory_logicalstock SET safety_qty = -1 WHERE id = %s",
        _logical,
        {("I1", "safety_qty"), ("I3", "safety_qty")},
    ),
    "negative in a pool": (
        "inventory_allocationpool",
        ("not_negative",),
        "UPDATE inventory_allocationpool SET quota_qty = -1 WHERE logical_id = %s AND purpose = 9",
        _logical,
        {("I1", "quota_qty"), ("I4", "quota_qty"), ("I6", "internal quota")},
    ),
    "more allocated than there is": (
        LOGICAL,
        ("backed",),
        "UPDATE inventory_logicalstock SET allocated_qty = 21 WHERE id = %s",
        _logical,
        {("I1", "allocated_qty"), ("I3", "allocated_qty + locked_qty"), ("I6", "allocated_qty")},
    ),
    "more promised than the quota": (
        BUCKET,
        ("backed",),
        "UPDATE inventory_channelstock SET frozen_qty = 17 WHERE id = %s",
        _bucket,
        {
            ("I1", "frozen_qty"),
            ("I5", "held_qty + sold_qty + frozen_qty"),
            ("I6", "sold_qty + frozen_qty"),
            ("I6", "allocated_qty"),
        },
    ),
    "oversold beyond the limit": (
        BUCKET,
        ("oversold_within",),
        "UPDATE inventory_channelstock SET oversold_sold_qty = 1 WHERE id = %s",
        _bucket,
        {
            ("I1", "oversold_sold_qty"),
            ("I5", "oversold_held_qty + oversold_sold_qty"),
            ("I6", "oversold_sold_qty"),
        },
    ),
    "presold beyond the grant": (
        BUCKET,
        ("presold_within",),
        "UPDATE inventory_channelstock SET presale_held_qty = 1 WHERE id = %s",
        _bucket,
        {("I1", "presale_held_qty"), ("I5", "presale_held_qty + presale_sold_qty"), ("I6", "presale_held_qty")},
    ),
    "more held on a location than lies there": (
        PHYSICAL,
        ("held_within",),
        "UPDATE inventory_physicalstock SET held_qty = 21 WHERE logical_id = %s",
        _logical,
        {("I1", "held_qty"), ("I2", "held_qty"), ("I6", "held_qty")},
    ),
    "in transit without a supply line": (
        LOGICAL,
        (),
        "UPDATE inventory_logicalstock SET in_transit_qty = 4 WHERE id = %s",
        _logical,
        {("I1", "in_transit_qty"), ("I7", "in_transit_qty")},
    ),
    "presale without a supply line": (
        BUCKET,
        (),
        "UPDATE inventory_channelstock SET presale_qty = 4 WHERE id = %s",
        _bucket,
        {("I1", "presale_qty"), ("I7", "presale_qty")},
    ),
    "a lost ship-notice line": (
        PHYSICAL,
        (),
        (
            "DELETE FROM inventory_physicalhold h USING inventory_physicalstock s"
            " WHERE s.id = h.physical_id AND s.logical_id = %s"
        ),
        _logical,
        {("I6", "held_qty")},
    ),
    "a ship-notice line of a bucket that is gone": (
        PHYSICAL,
        (),
        "UPDATE inventory_physicalhold SET bucket_id = 99999999 WHERE bucket_id = %s",
        _bucket,
        {("I6", "bucket_id")},
    ),
    "a lost internal allocation": (
        LOGICAL,
        (),
        "DELETE FROM inventory_internalallocation WHERE logical_id = %s",
        _logical,
        {("I6", "allocated_qty"), ("I6", "internal quota")},
    ),
    "a reservation of a channel that is gone": (
        BUCKET,
        (),
        "UPDATE inventory_reservation SET channel_id = 99999999 WHERE bucket_id = %s AND state = 1",
        _bucket,
        {("I6", "channel_id")},
    ),
    "safety without a reason": (
        LOGICAL,
        (),
        "UPDATE inventory_logicalstock SET safety_qty = 1 WHERE id = %s",
        _logical,
        {("I1", "safety_qty"), ("I4", "sum of pool quotas")},
    ),
    "a deleted entry": (
        "inventory_ledgerentry",
        (),
        (
            f"{UNLOCK} DELETE FROM inventory_ledgerentry WHERE layer = 3 AND counter = 302 AND delta = 3"
            f" AND row_id = %s{LOCK}"
        ),
        _logical,
        {("I1", "allocated_qty"), ("I8", "version"), ("I8", "documents")},
    ),
    "a changed balance": (
        "inventory_ledgerentry",
        (),
        (
            f"{UNLOCK} UPDATE inventory_ledgerentry SET balance_after = 21 WHERE layer = 3 AND counter = 301"
            f" AND row_id = %s{LOCK}"
        ),
        _logical,
        {("I1", "physical_base_qty")},
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_found_and_named(fault: str) -> None:
    table, constraints, sql, row, expected = FAULTS[fault]
    stock = busy_stock()
    _drop(table, *constraints)
    plant(sql % row(stock))

    assert {(finding.invariant, finding.column) for finding in prove_stock()} == expected


def test_the_use_of_a_share_is_proved() -> None:
    stock = busy_stock()
    share = ChannelShare.objects.create(bucket=stock.bucket, channel_id=stock.channel_id, cap_qty=10)

    found = {(finding.invariant, finding.column, finding.actual, finding.expected) for finding in prove_stock()}
    assert found == {("I6", "used_qty", 0, 5)}

    _drop("inventory_channelshare", "within")
    plant(f"UPDATE inventory_channelshare SET used_qty = 11 WHERE id = {share.pk}")
    found = {(finding.invariant, finding.column, finding.actual, finding.expected) for finding in prove_stock()}
    assert found == {("I1", "used_qty", 11, 0), ("I5", "used_qty", 11, 10), ("I6", "used_qty", 11, 5)}


def test_a_wrong_balance_names_the_version_of_its_entry() -> None:
    stock = busy_stock()
    entry = LedgerEntry.objects.filter(layer=1, row_id=stock.bucket.pk, counter=102).order_by("version")[1]
    plant(f"{UNLOCK} UPDATE inventory_ledgerentry SET balance_after = balance_after + 5 WHERE id = {entry.pk}{LOCK}")

    first, second = prove_stock()

    assert first == Finding("I1", BUCKET, stock.bucket.pk, "held_qty", 8, 3, entry.version)
    assert second.version > entry.version


def test_a_history_that_is_wrong_from_end_to_end_names_its_first_balances() -> None:
    stock = busy_stock()
    for _number in range(BREAKS_TOLD):
        stock.reserve(1)
    key = f"layer = 1 AND row_id = {stock.bucket.pk} AND counter = 102"
    versions = list(LedgerEntry.objects.filter(layer=1, row_id=stock.bucket.pk, counter=102).values_list("version"))
    plant(f"{UNLOCK} UPDATE inventory_ledgerentry SET balance_after = 7 * version + 50 WHERE {key}{LOCK}")

    found = prove_stock()

    assert [finding.version for finding in found] == sorted(version for (version,) in versions)[:BREAKS_TOLD]
    assert len(versions) > BREAKS_TOLD


GUARD = "inventory_ledgerentry_append_only"
TAMPERING = {
    "switched off": (f"ALTER TABLE inventory_ledgerentry DISABLE TRIGGER {GUARD}_row", [f"{GUARD}_row"]),
    "dropped": (f"DROP TRIGGER {GUARD}_all ON inventory_ledgerentry", [f"{GUARD}_all"]),
    "dropped with its function": (f"DROP FUNCTION {GUARD} CASCADE", [f"{GUARD}_all", f"{GUARD}_row"]),
    "made toothless": (
        f"CREATE OR REPLACE FUNCTION {GUARD}() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
        [f"{GUARD}_all", f"{GUARD}_row"],
    ),
    "another table's": (
        "ALTER TABLE credits_credit DISABLE TRIGGER credits_credit_append_only_row",
        ["credits_credit_append_only_row"],
    ),
}


@pytest.mark.parametrize("how", TAMPERING)
def test_a_history_without_its_guard_is_found(how: str) -> None:
    sql, names = TAMPERING[how]
    plant(sql)

    found = prove_stock()

    assert [(finding.invariant, finding.column) for finding in found] == [("I8", name) for name in names]
