"""Promises beyond the goods, made directly: what overselling and presale leave behind, without their doors."""

from datetime import timedelta

from inventory.choices import Command, Counter, HoldKind, HoldState, Layer
from inventory.models import ChannelStock, Reservation
from inventory.services.movement import Change, Context, move
from inventory.services.promises import HELD_COUNTERS, SOLD_COUNTERS
from tests.factories.inventory import Stock, source
from vmi.core import clock
from vmi.core.actors import system_actor
from vmi.core.sources import Source


def by(command: Command, document: Source) -> Context:
    """The context of a movement made by a test."""
    return Context(command, document, system_actor(), clock.now())


def allow_oversell(stock: Stock, units: int, bucket: ChannelStock | None = None) -> None:
    """Let a bucket promise ``units`` beyond its goods."""
    bucket = bucket or stock.bucket
    ChannelStock.objects.filter(pk=bucket.pk).update(oversell_enabled=True, oversell_units=units)
    change = Change(bucket.pk, 1, {Counter.OVERSELL_LIMIT: units})
    move(Layer.CHANNEL, [change], by(Command.SET_OVERSELL, source("rule")))


def promise(
    stock: Stock,
    quantity: int,
    *,
    kind: HoldKind = HoldKind.OVERSOLD,
    paid: bool = True,
    document: Source | None = None,
    bucket: ChannelStock | None = None,
    line_no: int = 1,
) -> Source:
    """A promise of ``quantity`` units of a kind, held or paid, with its counter; returns its document."""
    bucket = bucket or stock.bucket
    document = document or source()
    now = clock.now()
    Reservation.objects.create(
        source_type=document.type,
        source_sn=document.sn,
        line_no=line_no,
        bucket_id=bucket.pk,
        channel_id=stock.channel_id,
        kind=kind,
        quantity=quantity,
        state=HoldState.SOLD if paid else HoldState.HELD,
        expires_at=now + timedelta(minutes=15),
        created_at=now,
    )
    counter = (SOLD_COUNTERS if paid else HELD_COUNTERS)[kind]
    move(Layer.CHANNEL, [Change(bucket.pk, line_no, {counter: quantity})], by(Command.RESERVE, document))
    return document


def promised(document: Source) -> list[tuple[str, str, int]]:
    """What a document has been promised, line by line: (kind, state, units)."""
    rows = Reservation.objects.filter(source_type=document.type, source_sn=document.sn).order_by("line_no", "kind")
    return [(HoldKind(row.kind).name, HoldState(row.state).name, row.quantity) for row in rows]
