"""A proof beside running work finds nothing; of two people who approve one correction, one books it."""

from collections.abc import Callable
from typing import Any

from inventory.choices import Command, CorrectionState
from inventory.exceptions import CorrectionDecided
from inventory.models import Correction, LedgerEntry
from inventory.services import post_payment, release
from inventory.services.correct import approve_correction
from inventory.services.reconcile import prove_stock, reconcile
from tests.factories.inventory import Stock, make_stock, source
from tests.inventory.busy import plant
from vmi.core.actors import Actor, system_actor

ROUNDS = 30
ACTOR = system_actor()


def work(stock: Stock) -> Callable[[], int]:
    """Hold, pay, give up: every layer above the shelf moves all the time."""

    def run() -> int:
        for number in range(ROUNDS):
            document = source()
            stock.reserve(1 + number % 3, document=document)
            if number % 2:
                post_payment(source=document, actor=ACTOR)
            else:
                release(source=document, actor=ACTOR, reason="test")
        return ROUNDS

    return run


def prove() -> int:
    """How many differences were seen while the others worked."""
    return sum(len(prove_stock()) for _round in range(ROUNDS))


def test_a_proof_sees_no_half_done_work(in_threads: Callable[..., list[Any]]) -> None:
    first, second = make_stock(200), make_stock(200)

    assert in_threads(work(first), work(second), work(first), prove) == [ROUNDS, ROUNDS, ROUNDS, 0]
    assert prove_stock() == []
    plant("UPDATE inventory_channelstock SET held_qty = held_qty + 1 WHERE id = %s", first.bucket.pk)
    assert len(prove_stock()) == 2, "the proof looks at these rows"


def test_two_people_approve_one_correction(in_threads: Callable[..., list[Any]]) -> None:
    stock = make_stock(10)
    plant("UPDATE inventory_logicalstock SET safety_qty = 2 WHERE id = %s", stock.logical.pk)
    reconcile(raise_event=True)
    correction = Correction.objects.get(invariant="I1")

    def approve(user_id: int) -> Callable[[], Any]:
        person = Actor(user_id, ACTOR.kind, f"person {user_id}")
        return lambda: approve_correction(correction_id=correction.pk, actor=person)

    found = in_threads(approve(7), approve(8))

    assert [type(one) for one in found if isinstance(one, Exception)] == [CorrectionDecided]
    assert stock.logical.safety_qty == 0
    assert LedgerEntry.objects.filter(command=Command.CORRECT).count() == 1
    correction.refresh_from_db()
    assert correction.state == CorrectionState.APPROVED


def test_work_goes_on_while_a_correction_is_booked(in_threads: Callable[..., list[Any]]) -> None:
    stock = make_stock(200)
    plant("UPDATE inventory_channelstock SET held_qty = held_qty + 5 WHERE id = %s", stock.bucket.pk)
    reconcile(raise_event=True)
    correction = Correction.objects.get(invariant="I1")
    person = Actor(7, ACTOR.kind, "person")

    found = in_threads(work(stock), lambda: approve_correction(correction_id=correction.pk, actor=person))

    assert not [one for one in found if isinstance(one, Exception)]
    assert prove_stock() == []
