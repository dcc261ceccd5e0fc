"""``correct``: a person settles a difference that the proof found, by an entry, by the counter, or by a move of both.

Nothing is corrected silently: each way leaves an entry of the command CORRECT with the correction's number, the
person and the note. Where the counter follows the ledger that entry changes nothing and restates the balance, so
that the history says when the figure was put right.
"""

from typing import Any

from django.db import IntegrityError, transaction

from inventory.choices import COLUMNS, Command, CorrectionKind, CorrectionState, Counter, Layer
from inventory.exceptions import CorrectionDecided, CorrectionOrder, CorrectionStale, LayerRefused, OwnCorrection
from inventory.locks import lock_correction
from inventory.models import Correction
from inventory.services.commands import claim
from inventory.services.corrections import relation_of
from inventory.services.movement import TABLES, Change, Context, context_params, move
from inventory.services.proof import counter_findings, relation_difference
from inventory.services.rebalance import make_room
from vmi.core import clock
from vmi.core.actors import Actor
from vmi.core.audit import audit
from vmi.core.commands import command
from vmi.core.db import execute, fetch_all
from vmi.core.exceptions import InvalidRequest
from vmi.core.sources import Source

SOURCE = "correction"
"""How ledger entries refer to corrections."""


@command
def approve_correction(
    *,
    correction_id: int,
    kind: CorrectionKind | None = None,
    note: str = "",
    actor: Actor,
    dry_run: bool = False,
) -> Correction:
    """Settle a difference as proposed, or by another ``kind`` that fits it; returns the decided correction.

    The figures are read again under lock: CorrectionStale when the difference is no longer the proposed one,
    CorrectionOrder when a move would build on a counter that disagrees with its ledger, LayerRefused when the row's
    bounds do not allow it, OwnCorrection for whoever had the proof run by hand, CorrectionDecided for a second answer.
    """
    correction = _lock(correction_id, actor)
    chosen = kind or CorrectionKind(correction.kind)
    if chosen not in correction.kinds:
        raise InvalidRequest(param="kind", details={"allowed": [int(one) for one in correction.kinds]})
    context = Context(Command.CORRECT, Source(SOURCE, correction.sn), actor, clock.now())
    claim(
        command=context.command,
        source=context.source,
        content=[correction.pk, int(chosen)],
        actor=actor,
        at=context.at,
        reason=note,
    )
    if chosen is CorrectionKind.MOVE:
        _move(correction, context)
    else:
        _restate(correction, chosen, context)
    return _decide(correction, CorrectionState.APPROVED, chosen, note, context)


@command
def reject_correction(*, correction_id: int, note: str, actor: Actor) -> Correction:
    """Turn a proposal down with a reason; the next proof that still finds the difference proposes it anew."""
    if not note.strip():
        raise InvalidRequest(code="reason_required", param="note")
    correction = _lock(correction_id, actor)
    context = Context(Command.CORRECT, Source(SOURCE, correction.sn), actor, clock.now())
    return _decide(correction, CorrectionState.REJECTED, None, note, context)


def _lock(correction_id: int, actor: Actor) -> Correction:
    """The proposal, waiting for exactly this decision."""
    correction = lock_correction(correction_id)
    if correction.state != CorrectionState.PROPOSED:
        raise CorrectionDecided
    if correction.proposed_by == actor.user_id:
        raise OwnCorrection
    return correction


def _decide(
    correction: Correction, state: CorrectionState, chosen: CorrectionKind | None, note: str, context: Context
) -> Correction:
    """Write the decision down, with its event."""
    before = {"state": correction.state, "chosen": correction.chosen, "note": correction.note}
    correction.state, correction.chosen, correction.note = state, chosen, note
    correction.decided_by, correction.decided_at = context.actor.user_id, context.at
    correction.save(update_fields=["state", "chosen", "note", "decided_by", "decided_at"])
    after = {"state": int(state), "chosen": chosen and int(chosen), "note": note}
    audit(correction, before, after, actor=context.actor)
    return correction


def _restate(correction: Correction, kind: CorrectionKind, context: Context) -> None:
    """Let the ledger follow the counter, or the counter the ledger; the entry closes the breaks before it."""
    table, column = TABLES[Layer(correction.layer)], COLUMNS[Counter(correction.counter)]
    found = fetch_all(
        f"SELECT {column} AS value, version FROM {table} WHERE id = %(id)s FOR UPDATE",  # noqa: S608 - fixed names
        {"id": correction.row_id},
    )
    value, version = (found[0]["value"], found[0]["version"]) if found else (0, 0)
    params = {"layer": correction.layer, "row": correction.row_id, "counter": correction.counter}
    (ledger,) = fetch_all(_LEDGER_OF_ROW, params)
    _still(correction, value, ledger["total"])
    delta, balance = (value - ledger["total"], value) if kind is CorrectionKind.ENTRY else (0, ledger["total"])
    version = max(version, ledger["version"]) + 1
    try:
        with transaction.atomic():
            execute(
                f"UPDATE {table} SET {column} = %(balance)s, version = %(version)s WHERE id = %(id)s",  # noqa: S608
                {"balance": balance, "version": version, "id": correction.row_id},
            )
    except IntegrityError as error:
        raise LayerRefused(
            details={"layer": Layer(correction.layer).name.lower(), "rows": [correction.row_id]}
        ) from error
    execute(_ENTRY, {**context_params(context), **params, "delta": delta, "balance": balance, "version": version})


def _still(correction: Correction, actual: int, expected: int) -> None:
    """Whether the difference is the proposed one; a break of the history alone has no difference to keep."""
    proposed = 0 if correction.version else correction.difference
    if actual - expected != proposed:
        raise CorrectionStale(details={"actual": actual, "expected": expected})


def _move(correction: Correction, context: Context) -> None:
    """Let counter and ledger follow the documents, like any other change of stock."""
    layer, counter = Layer(correction.layer), Counter(correction.counter)
    if counter_findings([(layer, correction.row_id, counter), *_below(correction)]):
        raise CorrectionOrder
    column = relation_of(correction.invariant, counter)
    now = relation_difference(correction.invariant, TABLES[layer], column, correction.row_id)
    if now is None or now[0] - now[1] != correction.difference:
        actual, expected = now or (correction.expected, correction.expected)
        raise CorrectionStale(details={"actual": actual, "expected": expected})
    if counter is Counter.BASE and correction.difference > 0:
        make_room(units={correction.row_id: correction.difference}, context=context, allow_shortage=True)
    move(layer, [Change(correction.row_id, 1, {counter: -correction.difference})], context)


def _below(correction: Correction) -> list[tuple[Layer, int, Counter]]:
    """The counters a move would follow: units on locations for the base, frozen ones for what is sold."""
    if correction.counter == Counter.SOLD:
        return [(Layer.CHANNEL, correction.row_id, Counter.FROZEN)]
    if correction.counter != Counter.BASE:
        return []
    rows: list[dict[str, Any]] = fetch_all(_PLACES, {"id": correction.row_id})
    return [(Layer.PHYSICAL, row["id"], Counter.QUANTITY) for row in rows]


_LEDGER_OF_ROW = """
    SELECT coalesce(sum(delta) FILTER (WHERE counter = %(counter)s), 0)::bigint AS total,
           coalesce(max(version), 0) AS version
    FROM inventory_ledgerentry WHERE layer = %(layer)s AND row_id = %(row)s
"""

_ENTRY = """
    INSERT INTO inventory_ledgerentry
        (layer, row_id, counter, delta, balance_after, version, command, source_type, source_sn, line_no, actor_id, at)
    VALUES (%(layer)s, %(row)s, %(counter)s, %(delta)s, %(balance)s, %(version)s, %(command)s,
            %(source_type)s, %(source_sn)s, 1, %(actor)s, %(at)s)
"""

_PLACES = "SELECT id FROM inventory_physicalstock WHERE logical_id = %(id)s ORDER BY id"
