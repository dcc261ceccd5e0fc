"""The history of stock for people: entries with the names of their rows and authors, and everything a document did."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from inventory.models import LedgerEntry, StockCommand
from inventory.selectors.rows import row_titles, rows_of_sku


def name_people(ids: Iterable[int | None]) -> dict[int, str]:
    """The names of these people, in one query."""
    people = get_user_model().objects.filter(pk__in={one for one in ids if one is not None})
    return {person.pk: str(person) for person in people}


def name_all(entries: Iterable[Any]) -> list[Any]:
    """Set ``actor_name`` on each and ``row`` where a stock row is named; a few queries whatever their number."""
    found = list(entries)
    names = name_people(getattr(entry, "actor_id", None) for entry in found)
    titles = row_titles({(entry.layer, entry.row_id) for entry in found if hasattr(entry, "row_id")})
    for entry in found:
        entry.actor_name = names.get(getattr(entry, "actor_id", 0), "–")
        entry.row = titles.get((getattr(entry, "layer", 0), getattr(entry, "row_id", 0)))
    return found


def with_reason(entries: QuerySet[LedgerEntry]) -> QuerySet[LedgerEntry]:
    """Entries with the ``reason`` of the command that wrote them."""
    commands = StockCommand.objects.filter(
        command=OuterRef("command"), source_type=OuterRef("source_type"), source_sn=OuterRef("source_sn")
    )
    return entries.annotate(reason=Coalesce(Subquery(commands.values("reason")[:1]), Value("")))


def of_sku(sku_id: int) -> Q:
    """The entries of every row of a SKU, by the index of rows."""
    found = Q(pk__in=[])
    for layer, ids in rows_of_sku(sku_id).items():
        found |= Q(layer=layer, row_id__in=ids)
    return found


@dataclass(frozen=True, slots=True)
class Step:
    """One command of a document: when, by whom, why, and the entries it wrote (by row, then counter)."""

    at: datetime
    command: str
    actor: str
    reason: str
    entries: list[Any]


ENTRIES_MAX = 2_000
"""Entries of one document shown on its page."""


def steps_of_document(source_type: str, source_sn: str) -> list[Step]:
    """Everything a document did to the stock, oldest first; a constant number of queries."""
    rows = with_reason(LedgerEntry.objects.filter(source_type=source_type, source_sn=source_sn))
    entries = name_all(rows.order_by("at", "command", "actor_id", "layer", "row_id", "counter", "pk")[:ENTRIES_MAX])
    steps: list[Step] = []
    last: tuple[Any, ...] = ()
    for entry in entries:
        key = (entry.at, entry.command, entry.actor_id)
        if key != last:
            steps.append(Step(entry.at, entry.get_command_display(), entry.actor_name, entry.reason, []))
            last = key
        steps[-1].entries.append(entry)
    return steps


def is_cut(steps: Iterable[Step]) -> bool:
    """Whether the document may have done more than its page shows."""
    return sum(len(step.entries) for step in steps) >= ENTRIES_MAX
