"""The ledger of a logical row in the words of 003: five kinds, four kinds of references (S003-2, C-57)."""

from typing import Final

from django.db import models
from django.db.models import Q, QuerySet

from inventory.choices import Command, Counter, Layer
from inventory.models import ChannelStock, LedgerEntry
from inventory.selectors.history import with_reason
from inventory.selectors.holds import EXTERNAL_ORDER, ORDER

SHOWN: Final = (
    Counter.BASE,
    Counter.ALLOCATED,
    Counter.LOCKED,
    Counter.SAFETY,
    Counter.IN_TRANSIT,
    Counter.SHORTAGE,
    Counter.HELD,
    Counter.SOLD,
    Counter.FROZEN,
    Counter.RETURNING,
    Counter.OVERSOLD_HELD,
    Counter.OVERSOLD_SOLD,
    Counter.PRESALE_HELD,
    Counter.PRESALE_SOLD,
)
"""The figures of a row and its buckets; quotas only repeat them."""

SWEEP = "expiry"


class TransactionKind(models.TextChoices):
    """The five kinds of 003."""

    IN = "IN"
    OUT = "OUT"
    RESERVE = "RESERVE"
    RELEASE = "RELEASE"
    ADJUST = "ADJUST"


class ReferenceKind(models.TextChoices):
    """The four kinds of references of 003."""

    ORDER = "ORDER"
    CART = "CART"
    MANUAL = "MANUAL"
    IMPORT = "IMPORT"


_BY_COMMAND: Final[dict[int, TransactionKind]] = {
    Command.RESERVE: TransactionKind.RESERVE,
    Command.RELEASE: TransactionKind.RELEASE,
    Command.EXPIRE: TransactionKind.RELEASE,
    Command.CANCEL_PAID: TransactionKind.RELEASE,
    Command.CONFIRM_OUTBOUND: TransactionKind.OUT,
    Command.RECEIVE: TransactionKind.IN,
    Command.RECEIVE_RETURN: TransactionKind.IN,
    Command.RECEIVE_SUPPLY: TransactionKind.IN,
    Command.ALLOCATE: TransactionKind.RESERVE,
    Command.CANCEL_INTERNAL: TransactionKind.RELEASE,
    Command.CONFIRM_CANCEL: TransactionKind.RELEASE,
    Command.DISPATCH_TRANSFER: TransactionKind.OUT,
    Command.ADJUST: TransactionKind.ADJUST,
}

_PROMISED: Final = (
    Counter.HELD,
    Counter.SOLD,
    Counter.FROZEN,
    Counter.ALLOCATED,
    Counter.OVERSOLD_HELD,
    Counter.OVERSOLD_SOLD,
    Counter.PRESALE_HELD,
    Counter.PRESALE_SOLD,
)

_REFERENCES: Final[dict[str, ReferenceKind]] = {
    ORDER: ReferenceKind.ORDER,
    EXTERNAL_ORDER: ReferenceKind.ORDER,
    "returnOrder": ReferenceKind.ORDER,
    "cart": ReferenceKind.CART,
    "import": ReferenceKind.IMPORT,
}


def kind_of(entry: LedgerEntry) -> TransactionKind:
    """The kind of an entry: by its command, else by what it did to which figure.

    A payment turns a hold into a sale: the hold's end reads RELEASE, the sale RESERVE, until the goods go OUT.
    """
    if entry.command in _BY_COMMAND:
        return _BY_COMMAND[entry.command]
    rises = entry.delta > 0
    if entry.counter == Counter.BASE:
        return TransactionKind.IN if rises else TransactionKind.OUT
    if entry.counter in _PROMISED:
        return TransactionKind.RESERVE if rises else TransactionKind.RELEASE
    return TransactionKind.ADJUST


def reference_kind_of(entry: LedgerEntry) -> ReferenceKind | None:
    """What kind of document an entry refers to; None: the sweep that ends expired holds of all kinds."""
    if entry.source_type == SWEEP:
        return None
    return _REFERENCES.get(entry.source_type, ReferenceKind.MANUAL)


def transactions_of(logical_id: int) -> QuerySet[LedgerEntry]:
    """The history of a logical row and its buckets, each entry with the ``reason`` of its command."""
    buckets = ChannelStock.objects.filter(pool__logical_id=logical_id).values("pk")
    entries = LedgerEntry.objects.filter(
        Q(layer=Layer.LOGICAL, row_id=logical_id) | Q(layer=Layer.CHANNEL, row_id__in=buckets), counter__in=SHOWN
    )
    return with_reason(entries).order_by("-pk")
