"""What tests of corrections share: a fault, what the proof proposes for it, and the entry that settled it."""

from inventory.choices import CorrectionState, Counter
from inventory.models import Correction, LedgerEntry
from inventory.services.reconcile import reconcile
from tests.factories.inventory import Stock
from tests.inventory.busy import busy_stock, plant
from vmi.core.actors import Actor


def propose(actor: Actor | None = None) -> list[Correction]:
    """What the nightly proof proposes now."""
    reconcile(raise_event=True, actor=actor)
    return list(Correction.objects.filter(state=CorrectionState.PROPOSED).order_by("invariant", "layer"))


def last_entry(counter: Counter, row_id: int) -> tuple[int, int, int, str]:
    """Change, balance, command and document of the newest entry of a counter."""
    entry = LedgerEntry.objects.filter(counter=counter, row_id=row_id).order_by("version").last()
    assert entry is not None
    return entry.delta, entry.balance_after, entry.command, entry.source_sn


def overwritten_hold() -> Stock:
    """A busy row whose held figure somebody overwrote: 4 instead of 1."""
    stock = busy_stock()
    plant("UPDATE inventory_channelstock SET held_qty = 4 WHERE id = %s", stock.bucket.pk)
    return stock
