"""Differences become proposals with evidence; a person settles them one way or the other, never silently."""

from typing import Any

import pytest

from inventory.choices import Command, CorrectionKind, CorrectionRule, CorrectionState, Counter
from inventory.exceptions import CorrectionDecided, CorrectionOrder, CorrectionStale, LayerRefused, OwnCorrection
from inventory.models import LedgerEntry, ReconcileRun, Reservation, StockCommand
from inventory.services import release
from inventory.services.correct import approve_correction, reject_correction
from inventory.services.reconcile import prove_stock, reconcile
from tests.factories.inventory import make_stock, source
from tests.inventory.busy import busy_stock, plant, without_guard
from tests.inventory.correcting import last_entry, overwritten_hold, propose
from vmi.core.actors import Actor, system_actor, user_actor
from vmi.core.exceptions import InvalidRequest, NotFound
from vmi.events.models import Event


@pytest.fixture
def person(staff: Any) -> Actor:
    """Somebody who may decide."""
    return user_actor(staff("manager"))


def test_a_counter_that_documents_contradict_shall_follow_the_ledger(person: Actor) -> None:
    stock = overwritten_hold()

    (first,) = propose()

    assert (first.invariant, first.actual, first.expected, first.difference) == ("I1", 4, 1, 3)
    assert (first.kind, first.rule) == (CorrectionKind.COUNTER, CorrectionRule.CONFIRMS_LEDGER)
    assert (first.evidence["entries"], first.evidence["total"]) == (5, 1)
    assert [found["invariant"] for found in first.evidence["found"]] == ["I1", "I6"]

    approve_correction(correction_id=first.pk, note="overwritten by a script", actor=person)

    assert stock.bucket.held_qty == 1
    assert last_entry(Counter.HELD, stock.bucket.pk) == (0, 1, Command.CORRECT, first.sn)
    assert prove_stock() == []
    assert StockCommand.objects.get(command=Command.CORRECT).reason == "overwritten by a script"
    first.refresh_from_db()
    assert (first.state, first.chosen) == (CorrectionState.APPROVED, CorrectionKind.COUNTER)
    assert (first.decided_by, first.note) == (person.user_id, "overwritten by a script")
    assert Event.objects.filter(type="object.changed", subject=f"inventory.correction:{first.pk}").count() == 1


@pytest.mark.parametrize(
    ("sql", "counter"),
    [
        ("UPDATE inventory_channelstock SET sold_qty = sold_qty + 1 WHERE id = {bucket}", Counter.SOLD),
        ("UPDATE inventory_channelstock SET frozen_qty = frozen_qty + 1 WHERE id = {bucket}", Counter.FROZEN),
        ("UPDATE inventory_logicalstock SET allocated_qty = allocated_qty + 1 WHERE id = {logical}", Counter.ALLOCATED),
        ("UPDATE inventory_physicalstock SET quantity = quantity + 1 WHERE logical_id = {logical}", Counter.QUANTITY),
    ],
    ids=lambda value: value.name.lower() if isinstance(value, Counter) else "",
)
def test_one_wrong_counter_is_one_proposal_however_many_relations_it_breaks(
    person: Actor, sql: str, counter: Counter
) -> None:
    stock = busy_stock()
    plant(sql.format(bucket=stock.bucket.pk, logical=stock.logical.pk))

    (only,) = propose()

    assert (only.invariant, only.counter, only.difference) == ("I1", counter, 1)
    assert (only.kind, only.rule) == (CorrectionKind.COUNTER, CorrectionRule.CONFIRMS_LEDGER)
    approve_correction(correction_id=only.pk, actor=person)
    assert prove_stock() == []


def test_a_relation_speaks_up_when_its_counter_was_settled_the_other_way(person: Actor) -> None:
    stock = overwritten_hold()
    (first,) = propose()
    approve_correction(correction_id=first.pk, kind=CorrectionKind.ENTRY, actor=person)
    (second,) = propose()
    assert (second.invariant, second.kind, second.difference) == ("I6", CorrectionKind.MOVE, 3)

    approve_correction(correction_id=second.pk, actor=person)

    assert stock.bucket.held_qty == 1
    assert prove_stock() == []
    assert [run.differences for run in ReconcileRun.objects.all()] == [1, 2]


def test_a_proposal_vanishes_with_its_difference() -> None:
    stock = overwritten_hold()
    (first,) = propose()
    plant("UPDATE inventory_channelstock SET held_qty = 1 WHERE id = %s", stock.bucket.pk)

    assert reconcile(raise_event=True).count == 0

    first.refresh_from_db()
    assert first.state == CorrectionState.VANISHED
    assert [run.differences for run in ReconcileRun.objects.all()] == [0, 2]


def test_stock_goes_on_moving_after_a_correction(person: Actor) -> None:
    stock = overwritten_hold()
    approve_correction(correction_id=propose()[0].pk, actor=person)

    stock.reserve(2)

    assert stock.bucket.held_qty == 3
    assert prove_stock() == []


def test_a_ledger_that_documents_contradict_gets_an_entry(person: Actor) -> None:
    stock = busy_stock()
    without_guard(
        f"DELETE FROM inventory_ledgerentry WHERE counter = 302 AND delta = 3 AND row_id = {stock.logical.pk}"
    )
    (only,) = propose()
    assert (only.kind, only.rule) == (CorrectionKind.ENTRY, CorrectionRule.CONFIRMS_COUNTER)

    approve_correction(correction_id=only.pk, actor=person)

    assert stock.logical.allocated_qty == 7
    assert last_entry(Counter.ALLOCATED, stock.logical.pk) == (3, 7, Command.CORRECT, only.sn)
    assert prove_stock() == []


def test_a_forged_entry_is_closed_by_a_restating_one(person: Actor) -> None:
    stock = busy_stock()
    plant(
        "INSERT INTO inventory_ledgerentry (layer, row_id, counter, delta, balance_after, version, command,"
        " source_type, source_sn, line_no, actor_id, at)"
        " VALUES (3, %s, 303, 5, 6, 99, 13, 'adjust', 'X', 0, 1, now())",
        stock.logical.pk,
    )
    (only,) = propose()
    assert (only.kind, only.rule) == (CorrectionKind.ENTRY, CorrectionRule.HISTORY_BROKEN)
    assert only.evidence["breaks"] == [{"version": 99, "actual": 6, "expected": 5}]

    approve_correction(correction_id=only.pk, actor=person)

    assert last_entry(Counter.LOCKED, stock.logical.pk) == (-5, 0, Command.CORRECT, only.sn)
    assert stock.logical.version == 100
    assert prove_stock() == []


def test_a_wrong_balance_alone_is_restated(person: Actor) -> None:
    stock = busy_stock()
    without_guard(
        f"UPDATE inventory_ledgerentry SET balance_after = 9 WHERE counter = 301 AND row_id = {stock.logical.pk}"
    )
    (only,) = propose()
    assert only.version == 1

    approve_correction(correction_id=only.pk, actor=person)

    assert last_entry(Counter.BASE, stock.logical.pk)[:2] == (0, 20)
    assert prove_stock() == []


def test_the_approver_may_choose_the_other_side(person: Actor) -> None:
    stock = busy_stock()
    plant("UPDATE inventory_logicalstock SET safety_qty = 2, locked_qty = 1 WHERE id = %s", stock.logical.pk)
    locked, safety = sorted(propose(), key=lambda one: one.counter)
    assert (safety.kind, safety.rule) == (CorrectionKind.COUNTER, CorrectionRule.LEDGER_GUARDED)

    approve_correction(correction_id=safety.pk, kind=CorrectionKind.ENTRY, actor=person)
    approve_correction(correction_id=locked.pk, actor=person)

    assert (stock.logical.safety_qty, stock.logical.locked_qty) == (2, 0)
    assert last_entry(Counter.SAFETY, stock.logical.pk)[:2] == (2, 2)
    assert last_entry(Counter.LOCKED, stock.logical.pk)[:2] == (0, 0)


def test_counter_and_ledger_follow_the_documents_together(person: Actor) -> None:
    stock = busy_stock()
    Reservation.objects.filter(bucket_id=stock.bucket.pk, state=1).delete()
    (only,) = propose()
    assert (only.invariant, only.kind, only.rule) == ("I6", CorrectionKind.MOVE, CorrectionRule.DOCUMENTS_DECIDE)

    approve_correction(correction_id=only.pk, actor=person)

    assert stock.bucket.held_qty == 0
    assert last_entry(Counter.HELD, stock.bucket.pk) == (-1, 0, Command.CORRECT, only.sn)
    assert prove_stock() == []


def test_the_base_follows_what_lies_on_the_locations_and_quotas_make_room(person: Actor) -> None:
    stock = busy_stock()
    plant("UPDATE inventory_physicalstock SET quantity = 18 WHERE logical_id = %s", stock.logical.pk)
    (on_shelf,) = propose()
    assert (on_shelf.counter, on_shelf.kind, on_shelf.rule) == (
        Counter.QUANTITY,
        CorrectionKind.COUNTER,
        CorrectionRule.CONFIRMS_LEDGER,
    )
    approve_correction(correction_id=on_shelf.pk, kind=CorrectionKind.ENTRY, actor=person)
    (base,) = propose()
    approve_correction(correction_id=base.pk, actor=person)

    assert stock.logical.physical_base_qty == 18
    assert stock.bucket.base_quota_qty == 15
    assert prove_stock() == []


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE inventory_channelstock SET held_qty = 4 WHERE id = {bucket}",
        "UPDATE inventory_channelstock SET held_qty = 0 WHERE id = {bucket}",
    ],
)
def test_a_move_waits_until_counter_and_ledger_agree(person: Actor, sql: str) -> None:
    stock = busy_stock()
    Reservation.objects.filter(bucket_id=stock.bucket.pk, state=1).delete()
    (move,) = propose()
    plant(sql.format(bucket=stock.bucket.pk))
    held = stock.bucket.held_qty

    with pytest.raises(CorrectionOrder):
        approve_correction(correction_id=move.pk, actor=person)

    assert stock.bucket.held_qty == held
    assert not StockCommand.objects.filter(command=Command.CORRECT).exists()


def test_a_difference_that_changed_is_not_corrected(person: Actor) -> None:
    stock = overwritten_hold()
    (first,) = propose()
    plant("UPDATE inventory_channelstock SET held_qty = 5 WHERE id = %s", stock.bucket.pk)

    with pytest.raises(CorrectionStale) as refusal:
        approve_correction(correction_id=first.pk, actor=person)

    assert refusal.value.details == {"actual": 5, "expected": 1}
    assert stock.bucket.held_qty == 5


def test_ordinary_work_between_proof_and_approval_does_not_matter(person: Actor) -> None:
    stock = overwritten_hold()
    (first,) = propose()
    document = source()
    stock.reserve(2, document=document)

    approve_correction(correction_id=first.pk, actor=person)

    assert stock.bucket.held_qty == 3
    release(source=document, actor=person, reason="test")
    assert prove_stock() == []


def test_bounds_stand_above_a_correction(person: Actor) -> None:
    stock = busy_stock()
    plant("UPDATE inventory_channelstock SET base_quota_qty = 30, held_qty = 20 WHERE id = %s", stock.bucket.pk)
    quota = next(one for one in propose() if one.counter == Counter.BASE_QUOTA)

    with pytest.raises(LayerRefused):
        approve_correction(correction_id=quota.pk, kind=CorrectionKind.COUNTER, actor=person)

    assert stock.bucket.base_quota_qty == 30


def test_four_eyes(person: Actor, staff: Any) -> None:
    overwritten_hold()
    (first,) = propose(person)

    with pytest.raises(OwnCorrection):
        approve_correction(correction_id=first.pk, actor=person)
    with pytest.raises(OwnCorrection):
        reject_correction(correction_id=first.pk, note="no", actor=person)

    approve_correction(correction_id=first.pk, actor=user_actor(staff("manager")))


def test_a_rejected_proposal_comes_back_while_the_difference_lasts(person: Actor) -> None:
    stock = overwritten_hold()
    (first,) = propose()
    with pytest.raises(InvalidRequest):
        reject_correction(correction_id=first.pk, note=" ", actor=person)

    reject_correction(correction_id=first.pk, note="being looked into", actor=person)
    with pytest.raises(CorrectionDecided):
        approve_correction(correction_id=first.pk, actor=person)
    with pytest.raises(NotFound):
        approve_correction(correction_id=0, actor=person)

    assert stock.bucket.held_qty == 4
    assert [one.invariant for one in propose()] == ["I1"]


def test_a_proposal_takes_its_figures_from_the_latest_proof(person: Actor) -> None:
    stock = overwritten_hold()
    (first,) = propose()
    plant("UPDATE inventory_channelstock SET held_qty = 6 WHERE id = %s", stock.bucket.pk)

    (again,) = propose()

    assert (again.pk, again.sn, again.actual) == (first.pk, first.sn, 6)
    approve_correction(correction_id=again.pk, actor=person)
    assert prove_stock() == []


def test_a_kind_that_does_not_fit_is_refused(person: Actor) -> None:
    lost = busy_stock()
    overwritten_hold()
    Reservation.objects.filter(bucket_id=lost.bucket.pk, state=1).delete()
    first, second = propose()

    for one, kind in ((first, CorrectionKind.MOVE), (second, CorrectionKind.ENTRY)):
        with pytest.raises(InvalidRequest) as refusal:
            approve_correction(correction_id=one.pk, kind=kind, actor=person)
        assert refusal.value.param == "kind"


def test_what_no_entry_can_settle_is_not_proposed() -> None:
    busy_stock()
    plant("UPDATE inventory_reservation SET channel_id = 99999999 WHERE state = 1")

    assert propose() == []
    (run,) = ReconcileRun.objects.all()
    assert run.differences == 1
    assert run.findings["I1–I8 stock"][0]["column"] == "channel_id"


def test_a_dry_run_changes_nothing(person: Actor) -> None:
    stock = overwritten_hold()
    (first,) = propose()

    approve_correction(correction_id=first.pk, actor=person, dry_run=True)

    assert stock.bucket.held_qty == 4
    first.refresh_from_db()
    assert first.state == CorrectionState.PROPOSED


def test_a_clean_proof_is_kept_and_proposes_nothing() -> None:
    make_stock(5)

    assert propose(system_actor()) == []
    (run,) = ReconcileRun.objects.all()
    assert (run.differences, run.findings) == (0, {})
    assert run.entries == LedgerEntry.objects.count()
    assert not Event.objects.filter(type="reconcile.failed").exists()
