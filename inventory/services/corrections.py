"""From findings to proposed corrections: what would settle each difference, why, and the evidence for it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from itertools import count
from typing import Any, Final

from inventory.choices import COLUMNS, CorrectionKind, CorrectionRule, CorrectionState, Counter, Layer
from inventory.locks import lock_open_corrections
from inventory.models import Correction, ReconcileRun
from inventory.services.correction_facts import Key, counter_facts, logical_of
from inventory.services.movement import TABLES
from inventory.services.proof import ONE_SIDED, Finding
from vmi.core.actors import Actor

PROPOSALS_MAX: Final = 500
"""Corrections proposed by one run; a fault that touches more rows is no case for entries one by one."""

_LAYERS: Final[dict[str, Layer]] = {table: layer for layer, table in TABLES.items()}
_COUNTERS: Final = {(counter.layer, column): counter for counter, column in COLUMNS.items()}
_MOVED: Final[dict[tuple[str, Layer, str], Counter]] = {
    ("I2", Layer.LOGICAL, "physical_base_qty"): Counter.BASE,
    ("I6", Layer.CHANNEL, "held_qty"): Counter.HELD,
    ("I6", Layer.CHANNEL, "sold_qty + frozen_qty"): Counter.SOLD,
    ("I6", Layer.CHANNEL, "oversold_held_qty"): Counter.OVERSOLD_HELD,
    ("I6", Layer.CHANNEL, "oversold_sold_qty"): Counter.OVERSOLD_SOLD,
    ("I6", Layer.CHANNEL, "presale_held_qty"): Counter.PRESALE_HELD,
    ("I6", Layer.CHANNEL, "presale_sold_qty"): Counter.PRESALE_SOLD,
    ("I6", Layer.LOGICAL, "allocated_qty"): Counter.ALLOCATED,
    ("I6", Layer.POOL, "internal quota"): Counter.QUOTA,
    ("I6", Layer.PHYSICAL, "held_qty"): Counter.PHYSICAL_HELD,
    ("I6", Layer.SHARE, "used_qty"): Counter.SHARE_USED,
    ("I7", Layer.LOGICAL, "in_transit_qty"): Counter.IN_TRANSIT,
    ("I7", Layer.CHANNEL, "presale_qty"): Counter.PRESALE,
}
"""The counter that a relation's difference would move, by invariant, layer and what the proof compared."""

_LEADING: Final = {
    Layer.CHANNEL: Counter.BASE_QUOTA,
    Layer.POOL: Counter.QUOTA,
    Layer.LOGICAL: Counter.BASE,
    Layer.PHYSICAL: Counter.QUANTITY,
    Layer.SHARE: Counter.SHARE_USED,
}
"""The counter of a layer whose balance is restated when entries of a row are missing and no counter differs."""

_CONFIRMED: Final = {*_MOVED.values(), Counter.FROZEN, Counter.QUANTITY} - {Counter.QUOTA, Counter.SHARE_USED}
"""Counters that documents or other layers speak about on every row, so that their silence confirms the counter."""


def relation_of(invariant: str, counter: Counter) -> str:
    """What the proof of ``invariant`` compares when it speaks of ``counter``; the inverse of the table above."""
    return next(column for (name, _layer, column), moved in _MOVED.items() if (name, moved) == (invariant, counter))


def propose(*, run: ReconcileRun, findings: Sequence[Finding], actor: Actor) -> int:
    """Propose a correction for every finding that one settles; returns how many are new.

    An open proposal for the same difference takes its figures from this run; one whose difference is gone is closed.
    Joins the caller's transaction.
    """
    wanted = {_identity(one): one for one in _corrections(findings)}
    known = {_identity(one): one for one in lock_open_corrections()}
    _close([one for identity, one in known.items() if identity not in wanted], run)
    _refresh([(one, wanted[identity]) for identity, one in known.items() if identity in wanted], run)
    new = [one for identity, one in wanted.items() if identity not in known][:PROPOSALS_MAX]
    numbers = count(1)
    for one in new:
        one.run, one.sn = run, f"COR-{run.pk:05d}-{next(numbers):03d}"
        one.proposed_by, one.proposed_at = actor.user_id, run.started_at
    Correction.objects.bulk_create(new)
    return len(new)


def _identity(one: Correction) -> tuple[Any, ...]:
    return (one.invariant, one.layer, one.row_id, one.counter, one.version)


def _close(gone: list[Correction], run: ReconcileRun) -> None:
    """Proposals whose difference is gone, by whatever means."""
    for one in gone:
        one.state, one.decided_at = CorrectionState.VANISHED, run.started_at
    Correction.objects.bulk_update(gone, ["state", "decided_at"])


def _refresh(pairs: list[tuple[Correction, Correction]], run: ReconcileRun) -> None:
    """Proposals that still stand, with what this run saw."""
    fields = ["run", "actual", "expected", "kind", "rule", "evidence"]
    for one, seen in pairs:
        seen.run = run
        for name in fields:
            setattr(one, name, getattr(seen, name))
    Correction.objects.bulk_update([one for one, _seen in pairs], fields)


def _corrections(findings: Sequence[Finding]) -> list[Correction]:
    """The unsaved proposals: what settles each counter that disagrees with its ledger, then what moves both.

    A relation that compares a counter in dispute is judged once that counter is settled: the proof that follows an
    approval speaks of what is left. So one wrong counter is one proposal, however many relations it breaks.
    """
    own, moves, missing = _sorted_out(findings)
    above = logical_of(own)
    disputed = {term for key, of_key in own.items() if not of_key[0].version for term in _compared(key, above)}
    waiting = {key: finding for key, finding in moves.items() if key not in disputed}
    restated = {(layer, row_id) for layer, row_id, _counter in own}
    gaps = {key: finding for key, finding in missing.items() if key[:2] not in restated}
    facts = counter_facts([*own, *waiting, *gaps])
    found = []
    for key, of_key in own.items():
        gap = missing.get((key[0], key[1], _LEADING[key[0]]))
        kind, rule = _judge(key, of_key, moves, above, gap)
        found.append(_correction(key, of_key, kind, rule, facts, findings))
    for key, finding in gaps.items():
        found.append(_correction(key, [finding], CorrectionKind.ENTRY, _gap_rule(finding), facts, findings))
    for key, finding in waiting.items():
        found.append(_correction(key, [finding], CorrectionKind.MOVE, CorrectionRule.DOCUMENTS_DECIDE, facts, findings))
    return found


def _sorted_out(
    findings: Sequence[Finding],
) -> tuple[dict[Key, list[Finding]], dict[Key, Finding], dict[Key, Finding]]:
    """The findings an entry can settle: a counter's own, relations that a move settles, rows that miss entries."""
    own: dict[Key, list[Finding]] = defaultdict(list)
    moves: dict[Key, Finding] = {}
    missing: dict[Key, Finding] = {}
    for finding in findings:
        layer = _LAYERS.get(finding.table)
        if layer is None:
            continue
        if finding.invariant == "I1":
            own[layer, finding.row_id, _COUNTERS[layer, finding.column]].append(finding)
        elif finding.invariant == "I8":
            missing.setdefault((layer, finding.row_id, _LEADING[layer]), finding)
        elif (finding.invariant, layer, finding.column) in _MOVED:
            moves[layer, finding.row_id, _MOVED[finding.invariant, layer, finding.column]] = finding
    return own, moves, missing


def _compared(key: Key, above: dict[tuple[Layer, int], int]) -> Iterator[Key]:
    """The relations that compare a counter, by the counter each of them would move."""
    layer, row_id, counter = key
    yield key
    if counter in (Counter.SOLD, Counter.FROZEN):
        yield layer, row_id, Counter.SOLD
        yield Layer.LOGICAL, above.get((layer, row_id), 0), Counter.ALLOCATED
    if counter == Counter.QUANTITY:
        yield Layer.LOGICAL, above.get((layer, row_id), 0), Counter.BASE


def _judge(
    key: Key, own: list[Finding], moves: dict[Key, Finding], above: dict[tuple[Layer, int], int], gap: Finding | None
) -> tuple[CorrectionKind, CorrectionRule]:
    """Which side of a difference is wrong: ask the history, then the documents, then trust the guarded ledger.

    ``gap``: steps and entries of the row do not match, so its ledger was not guarded.
    """
    counter = key[2]
    if any(finding.version for finding in own):
        return CorrectionKind.ENTRY, CorrectionRule.HISTORY_BROKEN
    by = own[0].actual - own[0].expected
    witness = moves.get(_witness(key, above))
    if witness is not None:
        off = witness.actual - witness.expected
        confirmed = (-off if counter == Counter.QUANTITY else off) == by
        return CorrectionKind.COUNTER, (CorrectionRule.CONFIRMS_LEDGER if confirmed else CorrectionRule.LEDGER_GUARDED)
    if counter in _CONFIRMED:
        return CorrectionKind.ENTRY, CorrectionRule.CONFIRMS_COUNTER
    if gap is not None:
        return CorrectionKind.ENTRY, _gap_rule(gap)
    return CorrectionKind.COUNTER, CorrectionRule.LEDGER_GUARDED


def _gap_rule(gap: Finding) -> CorrectionRule:
    """Whether entries were taken out of a row's history, or put in."""
    is_missing = gap.column == ONE_SIDED or gap.actual < gap.expected
    return CorrectionRule.ENTRIES_MISSING if is_missing else CorrectionRule.HISTORY_BROKEN


def _witness(key: Key, above: dict[tuple[Layer, int], int]) -> Key:
    """The relation that speaks about a counter: its own, or the base for units on a location."""
    layer, row_id, counter = key
    if counter == Counter.QUANTITY:
        return Layer.LOGICAL, above.get((layer, row_id), 0), Counter.BASE
    return layer, row_id, Counter.SOLD if counter == Counter.FROZEN else counter


def _correction(
    key: Key,
    own: list[Finding],
    kind: CorrectionKind,
    rule: CorrectionRule,
    facts: dict[Key, dict[str, Any]],
    findings: Iterable[Finding],
) -> Correction:
    """An unsaved proposal with its evidence."""
    layer, row_id, counter = key
    first = min(own, key=lambda finding: finding.version)
    breaks = [
        {"version": finding.version, "actual": finding.actual, "expected": finding.expected}
        for finding in own
        if finding.version and finding.invariant == "I1"
    ]
    related = [asdict(finding) for finding in findings if finding.table == first.table and finding.row_id == row_id]
    return Correction(
        invariant=first.invariant,
        layer=layer,
        row_id=row_id,
        counter=counter,
        version=first.version,
        actual=first.actual,
        expected=first.expected,
        kind=kind,
        rule=rule,
        evidence={**facts.get(key, {}), "breaks": breaks, "found": related},
    )
