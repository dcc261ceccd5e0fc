"""``adjust_batch``: many corrections as one document, all or none (S003-25)."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from inventory.choices import AdjustOperation, Quality
from inventory.exceptions import InsufficientStock, ShortLine, StockRowFull
from inventory.services.adjust import adjust
from vmi.core.actors import Actor
from vmi.core.commands import command
from vmi.core.exceptions import DomainError, InvalidRequest
from vmi.core.sources import Source

ADJUSTMENTS_MAX = 200
"""Corrections in one call: each touches four layers."""


@dataclass(frozen=True, slots=True)
class Adjustment:
    """One correction of one logical row."""

    logical_id: int
    operation: AdjustOperation
    quantity: int
    location_id: int | None = None
    batch: str | None = None
    quality: Quality = Quality.QUALIFIED


@command
def adjust_batch(
    *, items: Sequence[Adjustment], reason: str, source: Source, actor: Actor, dry_run: bool = False
) -> list[int]:
    """Carry out the corrections under one source and reason; returns the units each changed by, as given.

    Rows are taken by key, whatever their order, so that two batches never deadlock. The first refusal names its
    item (``items[2].quantity``) and nothing of the batch stays. The same source again changes nothing.
    """
    if not 1 <= len(items) <= ADJUSTMENTS_MAX:
        raise InvalidRequest(
            _("Between 1 and %(max)s corrections fit into one call."),
            code="too_many_items",
            param="items",
            details={"max": ADJUSTMENTS_MAX},
        )
    changed = [0] * len(items)
    for index, item in sorted(enumerate(items), key=lambda pair: (pair[1].logical_id, pair[0])):
        try:
            changed[index] = _one(item, reason, Source(source.type, f"{source.sn}-{index + 1}"), actor)
        except (InsufficientStock, StockRowFull) as short:
            lines: list[ShortLine] = [{**line, "line": index + 1} for line in short.lines]
            raise type(short)(lines, param=f"items[{index}].quantity") from short
        except DomainError as refusal:
            if refusal.param != "reason":
                refusal.param = f"items[{index}].{refusal.param or 'id'}"
            raise
    return changed


def _one(item: Adjustment, reason: str, source: Source, actor: Actor) -> int:
    return adjust(
        logical_id=item.logical_id,
        operation=item.operation,
        quantity=item.quantity,
        reason=reason,
        location_id=item.location_id,
        batch=item.batch,
        quality=item.quality,
        source=source,
        actor=actor,
    )
