"""Entries taken out of the ledger leave a gap in the steps of their row, also where every sum still agrees."""

from typing import Any

import pytest

from inventory.choices import Command, CorrectionKind, CorrectionRule, Counter
from inventory.models import LedgerEntry
from inventory.services import confirm_outbound, issue_ship_notice, release
from inventory.services.correct import approve_correction
from inventory.services.reconcile import Finding, prove_stock
from tests.factories.inventory import make_stock, source
from tests.inventory.busy import busy_stock, plant, without_guard
from tests.inventory.correcting import last_entry, overwritten_hold, propose
from tests.inventory.safety import sell, withhold
from tests.support.time import FrozenClock
from vmi.core.actors import Actor, user_actor


@pytest.fixture
def person(staff: Any) -> Actor:
    """Somebody who may decide."""
    return user_actor(staff("manager"))


def test_entries_that_cancel_out_cannot_be_taken_away_unnoticed(person: Actor) -> None:
    stock = busy_stock()
    document = source()
    stock.reserve(2, document=document)
    release(source=document, actor=person, reason="test")
    version = stock.bucket.version
    without_guard(f"DELETE FROM inventory_ledgerentry WHERE source_sn = '{document.sn}'")

    assert prove_stock() == [
        Finding("I8", "inventory_channelstock", stock.bucket.pk, "version", version - 2, version, version - 1)
    ]
    (only,) = propose()
    assert (only.invariant, only.counter, only.version) == ("I8", Counter.BASE_QUOTA, version - 1)
    assert (only.kind, only.rule) == (CorrectionKind.ENTRY, CorrectionRule.ENTRIES_MISSING)
    assert only.kinds == [CorrectionKind.ENTRY]

    approve_correction(correction_id=only.pk, note="an import was undone by hand", actor=person)

    assert last_entry(Counter.BASE_QUOTA, stock.bucket.pk) == (0, 17, Command.CORRECT, only.sn)
    assert stock.bucket.version == version + 1
    assert prove_stock() == []
    stock.reserve(1)
    assert prove_stock() == []


def test_gaps_after_a_correction_are_gaps_again(person: Actor) -> None:
    stock = overwritten_hold()
    approve_correction(correction_id=propose()[0].pk, actor=person)
    settled = stock.bucket.version
    document = source()
    stock.reserve(2, document=document)
    release(source=document, actor=person, reason="test")
    without_guard(f"DELETE FROM inventory_ledgerentry WHERE source_sn = '{document.sn}'")

    assert prove_stock() == [Finding("I8", "inventory_channelstock", stock.bucket.pk, "version", 0, 2, settled + 1)]


def test_a_history_that_is_gone_altogether_is_noticed() -> None:
    stock = make_stock(5)
    stock.reserve(5)
    plant("UPDATE inventory_channelstock SET held_qty = 0, base_quota_qty = 0 WHERE id = %s", stock.bucket.pk)
    plant("UPDATE inventory_reservation SET state = 3 WHERE bucket_id = %s", stock.bucket.pk)
    without_guard(f"DELETE FROM inventory_ledgerentry WHERE layer = 1 AND row_id = {stock.bucket.pk}")

    assert prove_stock() == [Finding("I8", "inventory_channelstock", stock.bucket.pk, "version", 0, 2, 1)]


def test_a_counter_whose_entries_are_missing_is_not_blamed(person: Actor) -> None:
    stock = busy_stock()
    withhold(stock, 2)
    without_guard(
        f"DELETE FROM inventory_ledgerentry WHERE counter = {Counter.SAFETY:d} AND row_id = {stock.logical.pk}"
    )

    (only,) = propose()

    assert (only.invariant, only.counter, only.difference) == ("I1", Counter.SAFETY, 2)
    assert (only.kind, only.rule) == (CorrectionKind.ENTRY, CorrectionRule.ENTRIES_MISSING)
    approve_correction(correction_id=only.pk, actor=person)
    assert stock.logical.safety_qty == 2
    assert last_entry(Counter.SAFETY, stock.logical.pk) == (2, 2, Command.CORRECT, only.sn)
    assert prove_stock() == []


def test_an_entry_of_a_step_the_row_never_made_is_taken_back(person: Actor) -> None:
    stock = busy_stock()
    version = stock.logical.version
    plant(
        "INSERT INTO inventory_ledgerentry (layer, row_id, counter, delta, balance_after, version, command,"
        f" source_type, source_sn, line_no, actor_id, at) VALUES (3, %s, {Counter.SAFETY:d}, 5, 5, {version + 1},"
        f" {Command.SET_SAFETY:d}, 'safety', 'X', 0, 1, now())",
        stock.logical.pk,
    )

    assert [(one.invariant, one.column, one.version) for one in prove_stock()] == [
        ("I1", "safety_qty", 0),
        ("I8", "version", version + 1),
    ]
    (only,) = propose()
    assert (only.kind, only.rule) == (CorrectionKind.ENTRY, CorrectionRule.HISTORY_BROKEN)

    approve_correction(correction_id=only.pk, actor=person)

    assert stock.logical.safety_qty == 0
    assert last_entry(Counter.SAFETY, stock.logical.pk) == (-5, 0, Command.CORRECT, only.sn)
    assert prove_stock() == []


def test_halves_of_a_payment_and_its_outbound_cannot_be_taken_away_unnoticed(
    person: Actor, frozen_clock: FrozenClock
) -> None:
    stock = make_stock(10)
    document = sell(stock, 3)
    frozen_clock.advance(hours=1)
    issue_ship_notice(source=document, actor=person)
    confirm_outbound(source=document, actor=person)
    paid = LedgerEntry.objects.get(counter=Counter.ALLOCATED, row_id=stock.logical.pk, delta=3).version
    assert prove_stock() == []
    without_guard(f"DELETE FROM inventory_ledgerentry WHERE counter = {Counter.SOLD:d} AND row_id = {stock.bucket.pk}")

    assert prove_stock() == [Finding("I8", "inventory_logicalstock", stock.logical.pk, "documents", 2, 0, paid)]
    (only,) = propose()
    assert (only.kind, only.rule) == (CorrectionKind.ENTRY, CorrectionRule.ENTRIES_MISSING)

    approve_correction(correction_id=only.pk, actor=person)

    assert last_entry(Counter.BASE, stock.logical.pk) == (0, 7, Command.CORRECT, only.sn)
    assert prove_stock() == []
    sell(stock, 2)
    assert prove_stock() == []
