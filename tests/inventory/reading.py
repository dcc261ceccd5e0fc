"""What the hold tests read from the ledger."""

from inventory.choices import Counter
from inventory.models import LedgerEntry
from vmi.core.sources import Source


def held_entries(document: Source) -> list[tuple[int, int]]:
    """What a document did to held counters: (change, balance after), oldest first."""
    rows = LedgerEntry.objects.filter(source_type=document.type, source_sn=document.sn, counter=Counter.HELD).order_by(
        "version"
    )
    return [(row.delta, row.balance_after) for row in rows]
