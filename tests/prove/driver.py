"""The machine's frame: one example is one rolled-back transaction; after every step the rows equal the model."""

import sys
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, TypeVar

from django.db import transaction
from hypothesis.stateful import RuleBasedStateMachine, invariant

from inventory.services.reconcile import prove_stock
from tests.prove.model import EXPIRED, HELD, SPOT, Bucket, Key, Logical, Model, Promise
from tests.prove.world import Rows, World, read
from vmi.core import clock
from vmi.core.exceptions import DomainError
from vmi.core.sources import Source

T = TypeVar("T")
Refusal = type[DomainError]

START = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
FULL_PROOF_EVERY = 6
"""Steps between two full proofs; the figures are compared after every one."""


class Driver(RuleBasedStateMachine):
    """Runs commands against the rows and the same events against the model."""

    world: ClassVar[World]
    """Set by the test that runs the machine."""

    tally: ClassVar[Counter[str]] = Counter()
    """How often each rule was carried out and how often refused: a proof that tries nothing proves nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.model = Model()
        self.now = START
        self.steps = self.documents = 0
        self.rows = Rows({}, {}, {}, {}, {}, {})
        self.last: Callable[[], Any] | None = None
        self.stack = ExitStack()
        self.stack.enter_context(transaction.atomic())
        self.clock = self.stack.enter_context(ExitStack())
        self.clock.enter_context(clock.at(self.now))

    def teardown(self) -> None:
        """The last full proof, then as if nothing had been."""
        try:
            assert prove_stock() == []
        finally:
            transaction.set_rollback(True)
            self.stack.close()

    # --- running commands ---

    def run(self, command: Callable[[], T], *, refused: Refusal | None = None, repeats: bool = True) -> T | None:
        """The command's answer; None when it was refused as foreseen. Anything else fails the proof.

        ``repeats``: the same call again must change nothing.
        """
        self.last = None
        rule = sys._getframe(1).f_code.co_name
        self.tally[f"{rule}: {refused.__name__ if refused else 'done'}"] += 1
        try:
            with transaction.atomic():
                answer = command()
        except DomainError as refusal:
            if refused is None or not isinstance(refusal, refused):
                raise
            return None
        assert refused is None, f"{refused.__name__} was to be expected, but it answered {answer!r}"
        self.last = command if repeats else None
        return answer

    def document(self, kind: str) -> Source:
        """A document nobody used before, numbered alike whenever the example is replayed."""
        self.documents += 1
        return Source(kind, f"{kind}-{self.documents}")

    def after(self, minutes: int) -> datetime:
        """An instant from now."""
        return self.now + timedelta(minutes=minutes)

    def advance(self, minutes: int) -> None:
        """Move the clock."""
        self.now += timedelta(minutes=minutes)
        self.clock.close()
        self.clock.enter_context(clock.at(self.now))

    # --- what there is to choose from ---

    def one_of(self, found: Sequence[T], pick: int) -> T | None:
        """One of several by a number of any size."""
        return found[pick % len(found)] if found else None

    def orders(self, *states: int) -> list[str]:
        """The numbers of orders with promises in these states, in the order they were made."""
        return list(dict.fromkeys(row.doc for row in self.model.promises if row.state in states and row.doc[0] == "o"))

    def buckets_for(self, channel: int, sku: int) -> list[Bucket]:
        """The buckets a channel may sell a SKU from."""
        return [((sku, *place), 1, 0) for place in self.world.sources[channel]]

    def live(self, promise: Promise) -> bool:
        """Whether a hold still counts."""
        return promise.state == HELD and promise.expires > self.now

    def logical_id(self, logical: Logical) -> int:
        """The row of a SKU in a warehouse for an owner."""
        return next(pk for pk, found in self.rows.logicals.items() if found == logical)

    # --- after every step ---

    @invariant()
    def the_rows_say_what_the_model_says(self) -> None:
        """Every counter of every layer, and every open promise."""
        self.rows = read()
        for promise in self.model.promises:
            if promise.state == HELD and promise.expires <= self.now and promise.id in self.rows.ended:
                self.model.lapse(promise)
        self.settle()
        compare("figures", self.model.facts(), self.rows.figures)
        compare("promises", self._promises(), self.rows.promises)
        if self.steps % FULL_PROOF_EVERY == 0:
            assert prove_stock() == []
        self.steps += 1

    def settle(self) -> None:
        """What follows from an event by itself."""

    def _promises(self) -> dict[Key, tuple[int, datetime | None]]:
        return {
            (row.doc, row.line, row.bucket, row.kind, row.state): (
                row.units,
                row.expires if row.state == HELD else None,
            )
            for row in self.model.promises
            if row.state != EXPIRED
        }

    def take_over(self, holds: Sequence[Any], **fields: Any) -> None:
        """Enter the holds a command answered into the model, after checking that they could be promised."""
        bucket_of = read().bucket_of
        for hold in holds:
            bucket = bucket_of[hold.id]
            assert bucket in self.buckets_for(fields["channel"], bucket[0][0]), f"not for this channel: {bucket}"
            assert self.model.free(bucket, self.now) >= hold.quantity, f"promised too much of {bucket}"
            self.model.hold(
                Promise(
                    id=hold.id,
                    line=hold.line_no,
                    bucket=bucket,
                    kind=SPOT,
                    units=hold.quantity,
                    expires=hold.expires_at,
                    created=self.now,
                    **fields,
                )
            )


def compare(what: str, model: dict[Key, Any], rows: dict[Key, Any]) -> None:
    """Fail with the differing keys only."""
    wrong = {key: (model.get(key), rows.get(key)) for key in {*model, *rows} if model.get(key) != rows.get(key)}
    assert not wrong, f"{what} (model, rows): {wrong}"
