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
from tests.prove.model import Model
from tests.prove.rows import Rows, read
from tests.prove.state import EXPIRED, HELD, SOLD, Key, Logical, Promise
from tests.prove.world import World
from vmi.core import clock
from vmi.core.exceptions import DomainError
from vmi.core.sources import Source

T = TypeVar("T")
CARTS = ("M", "U")
Refusal = type[DomainError]

START = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
FULL_PROOF_EVERY = 12
"""Steps between two full proofs; the figures are compared after every one."""

MEMORY_MINUTES = 60
"""How long the model knows what happened on a place; no picture of a warehouse is older."""


class Driver(RuleBasedStateMachine):
    """Runs commands against the rows and the same events against the model."""

    world: ClassVar[World]
    """Set by the test that runs the machine."""

    tally: ClassVar[Counter[str]] = Counter()
    """How often each rule was carried out and how often refused: a proof that tries nothing proves nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.model = Model(sources=self.world.sources, at=START)
        self.now = START
        self.steps = self.documents = 0
        self.rows, self.is_fresh = Rows(), False
        self.last: Callable[[], Any] | None = None
        self.stack = ExitStack()
        self.stack.enter_context(transaction.atomic())
        self.clock = self.stack.enter_context(ExitStack())
        self.clock.enter_context(clock.at(self.now))

    def teardown(self) -> None:
        """The last full proof, then as if nothing had been."""
        try:
            prove()
        finally:
            transaction.set_rollback(True)
            self.stack.close()

    # --- running commands ---

    def run(self, command: Callable[[], T], *, refused: Refusal | None = None, repeats: bool = True) -> T | None:
        """The command's answer; None when it was refused as foreseen. Anything else fails the proof.

        ``repeats``: the same call again must change nothing.
        """
        self.last = None
        self.is_fresh = False
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
        self.look()
        self.is_fresh = True
        return answer

    def look(self) -> None:
        """Read the rows; expired holds that somebody reclaimed lapse in the model, too."""
        self.rows = read()
        for row in self.model.promises:
            key = (row.doc, row.line, row.bucket, row.kind)
            past = row.state == HELD and row.expires <= self.now
            if past and (*key, HELD) not in self.rows.promises and (*key, EXPIRED) in self.rows.promises:
                self.model.lapse(row)
        self.model.caps = {share: cap for share, cap in self.rows.shares.items() if cap is not None}

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
        self.model.at = self.now
        self.model.moved = [row for row in self.model.moved if row.at > self.after(-MEMORY_MINUTES)]
        self.clock.close()
        self.clock.enter_context(clock.at(self.now))

    # --- what there is to choose from ---

    def one_of(self, found: Sequence[T], pick: int) -> T | None:
        """One of several by a number of any size."""
        return found[pick % len(found)] if found else None

    def rather(self, found: Sequence[T], useful: Sequence[T], pick: int) -> T | None:
        """One of the useful ones, two times out of three."""
        return self.one_of(useful if useful and pick % 3 else found, pick // 3)

    def orders(self, *states: int) -> list[str]:
        """The numbers of orders with promises in these states, in the order they were made."""
        found = [row.doc for row in self.model.promises if row.state in states and not row.doc.startswith(CARTS)]
        return list(dict.fromkeys(found))

    @staticmethod
    def source_of(doc: str) -> Source:
        """The document of a number."""
        return Source(doc.split("-", maxsplit=1)[0], doc)

    def live(self, promise: Promise) -> bool:
        """Whether a hold still counts."""
        return promise.state == HELD and promise.expires > self.now

    def follow(self, logical: Logical) -> None:
        """Take over how quotas, limits and shortages were divided; what they must add up to is checked elsewhere."""
        counters = {"base_quota_qty", "quota_qty", "oversell_limit_qty", "shortage_qty"}
        for key in {*self.model.figures, *self.rows.figures}:
            if key[1] == logical and key[-1] in counters and key[2] != 9:
                self.model.figures[key] = self.rows.figures.get(key, 0)

    # --- after every step ---

    @invariant()
    def the_rows_say_what_the_model_says(self) -> None:
        """Every counter of every layer, and every open promise."""
        if not self.is_fresh:
            self.look()
        self.is_fresh = False
        self.model.serve()
        for logical in {key[1] for key in self.rows.figures if key[-1] == "shortage_qty"} | self.lacking():
            self.follow(logical)
        for bucket in self.model.oversells:
            key = ("channel", *bucket, "oversell_limit_qty")
            self.model.figures[key] = self.rows.figures.get(key, 0)
        self.check_shortages()
        compare("figures", self.model.facts(), self.rows.figures)
        rows = {key: (row.units, self._end(key, row)) for key, row in self.rows.promises.items()}
        compare("promises", self._promises(), {key: row for key, row in rows.items() if key[4] in (HELD, SOLD)})
        if self.steps % FULL_PROOF_EVERY == 0:
            prove()
        self.steps += 1

    def check_shortages(self) -> None:
        """No promise lacks its goods untold; nothing is promised beyond the oversell limit."""
        figures = self.rows.figures
        for bucket in self.rows.buckets.values():
            name = ("channel", *bucket)
            promised = sum(figures.get((*name, part), 0) for part in ("held_qty", "sold_qty", "frozen_qty"))
            lacking = promised - figures.get((*name, "base_quota_qty"), 0)
            assert figures.get((*name, "shortage_qty"), 0) >= lacking, f"shortage of {bucket}"
            beyond = figures.get((*name, "oversold_held_qty"), 0) + figures.get((*name, "oversold_sold_qty"), 0)
            assert figures.get((*name, "oversell_limit_qty"), 0) >= beyond, f"oversell limit of {bucket}"

    def lacking(self) -> set[Logical]:
        """The stock rows that hold less than is promised or to be withheld: goods that come fill that first."""
        short = {key[1] for key, value in self.model.figures.items() if key[-1] == "shortage_qty" and value}
        return short | {row for row in self.rows.logicals.values() if self.model.unassigned(row) < 0}

    @staticmethod
    def _end(key: Key, row: Any) -> datetime | None:
        return row.expires if key[4] == HELD else None

    def _promises(self) -> dict[Key, tuple[int, datetime | None]]:
        return {
            (row.doc, row.line, row.bucket, row.kind, row.state): (row.units, self._end((0, 0, 0, 0, row.state), row))
            for row in self.model.promises
            if row.state != EXPIRED
        }


def prove() -> None:
    """The full proof of the code itself."""
    findings = prove_stock()
    assert not findings, findings


def compare(what: str, model: dict[Key, Any], rows: dict[Key, Any]) -> None:
    """Fail with the differing keys only."""
    wrong = {key: (model.get(key), rows.get(key)) for key in {*model, *rows} if model.get(key) != rows.get(key)}
    assert not wrong, f"{what} (model, rows): {wrong}"
