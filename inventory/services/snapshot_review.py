"""``decide_difference``: a person accepts or dismisses a difference that was too large to be booked by itself."""

from inventory.choices import Command, DifferenceState, Quality
from inventory.exceptions import DifferenceDecided
from inventory.models import PhysicalStock, SnapshotDifference
from inventory.services import snapshot_sql as sql
from inventory.services.differences import Difference, book_differences
from inventory.services.movement import Context
from inventory.services.snapshot import snapshot_source
from vmi.core import clock
from vmi.core.actors import Actor
from vmi.core.commands import command
from vmi.core.db import execute, fetch_all
from vmi.core.exceptions import NotFound


@command
def decide_difference(*, difference_id: int, accept: bool, actor: Actor, dry_run: bool = False) -> int:
    """Book the difference, less what other corrections booked since the picture, or dismiss it; returns the units.

    Raises NotFound, DifferenceDecided (somebody else, or a newer picture), PhysicalShort.
    """
    found = SnapshotDifference.objects.select_related("snapshot__warehouse").filter(pk=difference_id).first()
    if found is None or found.physical_id is None:
        raise NotFound(param="id")
    execute(sql.TURN, {"warehouse": found.snapshot.warehouse_id})
    now = clock.now()
    state = DifferenceState.ACCEPTED if accept else DifferenceState.DISMISSED
    waiting = SnapshotDifference.objects.filter(pk=difference_id, state=DifferenceState.REVIEW)
    if not waiting.update(state=state, decided_by_id=actor.user_id, decided_at=now):
        raise DifferenceDecided(param="id")
    if not accept:
        return 0
    (since,) = fetch_all(sql.CORRECTED_SINCE, {"physical": found.physical_id, "since": found.snapshot.received_at})
    units = int(found.difference_qty - since["units"])
    source = snapshot_source(found.snapshot.warehouse.code, found.snapshot.seq)
    context = Context(Command.APPLY_WMS_SNAPSHOT, source, actor, now)
    logical_id = PhysicalStock.objects.values_list("logical_id", flat=True).get(pk=found.physical_id)
    book_differences([Difference(1, found.physical_id, logical_id, Quality(found.quality), units)], context)
    return units
