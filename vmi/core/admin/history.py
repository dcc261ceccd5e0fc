"""The history page of an object: what the event log says about it. A port, because the log lies above the kernel."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Model


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """One step: when, what, by whom, and which columns changed from what to what."""

    at: datetime
    title: str
    by: str
    changes: Sequence[tuple[str, str]] = ()


HistorySource = Callable[[Sequence[str], type[Model]], list[HistoryRow]]

_sources: list[HistorySource] = []


def register_history(source: HistorySource) -> None:
    """Name the function that reads the log; naming it twice is harmless."""
    if source not in _sources:
        _sources.append(source)


def history_of(page: Any, obj: Model) -> list[HistoryRow]:
    """What happened to an object, newest first, by its id and by the number documents know it by."""
    subjects = [f"{obj._meta.label_lower}:{obj.pk}"]
    if page.source_type:
        subjects.append(f"{page.source_type}:{getattr(obj, page.source_field)}")
    return [row for source in _sources for row in source(subjects, type(obj))]
