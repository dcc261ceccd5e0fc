"""The whole replay: read, open, set the stage, play, prove."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from datetime import time as time_of_day
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from django.db import transaction
from django_tenants.utils import tenant_context

from inventory.services import refused
from inventory.services.reconcile import Report, reconcile
from orders.replay.batches import batches
from orders.replay.cleaning import Cleaned, Invoice, LineClass, clean
from orders.replay.documents import bring_in_opening
from orders.replay.exceptions import NamespaceClosed
from orders.replay.exclusive import alone_in
from orders.replay.known import Known, known_of
from orders.replay.parsing import read_lines
from orders.replay.planning import (
    articles,
    customers,
    fingerprint,
    opening_units,
    without_known,
    written_off_units,
)
from orders.replay.playing import Player, member_name
from orders.replay.stage import Stage, set_stage
from orders.replay.tally import Tally
from partners.selectors import partner_ids_of_refs
from partners.services import PartnerRow, register_partners
from vmi.core import clock
from vmi.core.db import analyse_tables
from vmi.events.services import deliver_inline
from vmi.namespaces.selectors import find_namespace, is_current
from vmi.namespaces.services import open_namespace
from vmi.numbering.blocks import one_connection

if TYPE_CHECKING:
    from vmi.namespaces.models import Namespace

BATCH: Final = 100
"""Invoices of one transaction: what a killed run repeats."""

ANALYSE_BEFORE: Final = frozenset({1, 4, 16, 64})
"""Before these batches the planner looks at the tables: plans made for empty ones would read them from end to end."""

COVER_MAX: Final = Decimal(100)


@dataclass(frozen=True, slots=True)
class Options:
    """``cover``: opening stock as a share of the sales; ``limit``: first invoices only; ``batch``: per transaction."""

    namespace: str = "sales"
    cover: Decimal = Decimal(1)
    limit: int | None = None
    batch: int = BATCH


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a replay did: the file as cleaned, the tally, the seconds of playing, and the proof of the namespace."""

    cleaned: Cleaned
    lines: int
    tally: Tally
    seconds: float
    report: Report


Progress = Callable[[str, int, int], None]
"""Called with a phase, how much of it is done, and how much there is."""


def replay(path: Path, options: Options, progress: Progress) -> Outcome:
    """Play a sales file into a namespace; running it again changes nothing, after a kill it goes on.

    Raises UnreadableFile before anything is written, NamespaceClosed, ReplayRunning.
    """
    progress("read", 0, 1)
    lines = read_lines(path)
    cleaned = _limited(clean(lines), options.limit)
    progress("read", 1, 1)
    namespace = _namespace(options.namespace, progress)
    started = time.monotonic()
    with tenant_context(namespace), alone_in(namespace.schema_name), one_connection():
        tally = _play_all(cleaned, options, namespace, progress)
        tally.require_complete(len(lines))
        seconds = time.monotonic() - started
        progress("prove", 0, 1)
        report = reconcile()
        progress("prove", 1, 1)
    return Outcome(cleaned, len(lines), tally, seconds, report)


def _limited(cleaned: Cleaned, limit: int | None) -> Cleaned:
    """Only the first ``limit`` invoices in time order; the lines of the others are listed."""
    if limit is not None and limit < len(cleaned.invoices):
        beyond = cleaned.invoices[limit:]
        cleaned.listed[LineClass.BEYOND_LIMIT] = [line for invoice in beyond for line in invoice.lines]
        cleaned.invoices = cleaned.invoices[:limit]
    return cleaned


def _namespace(schema: str, progress: Progress) -> "Namespace":
    """The namespace to play into, opened if missing. Raises NamespaceClosed."""
    namespace = find_namespace(schema)
    if namespace is None or not namespace.is_active:
        progress("open", 0, 1)
        namespace = open_namespace(
            schema_name=schema,
            name=schema.title(),
            domain=f"{schema}.localhost",
            currency="GBP",
            time_zone="Europe/London",
            language="en",
        )
        progress("open", 1, 1)
    if not namespace.is_active or not is_current(namespace):
        raise NamespaceClosed(details={"namespace": schema})
    return namespace


def _play_all(cleaned: Cleaned, options: Options, namespace: "Namespace", progress: Progress) -> Tally:
    tally = Tally()
    for kind, listed in cleaned.listed.items():
        tally.count(kind, listed)
    if not cleaned.invoices:
        return tally
    zone = ZoneInfo(namespace.time_zone)
    known = known_of(cleaned.invoices)
    stage = _set_stage(cleaned, options, known, zone, tally, progress)
    members = partner_ids_of_refs(customers(cleaned.invoices))
    player = Player(stage, known, tally, members)
    done, total = 0, len(cleaned.invoices)
    progress("play", done, total)
    for number, batch in enumerate(batches(cleaned.invoices, options.batch)):
        if number in ANALYSE_BEFORE and tally.new["orders"]:
            analyse_tables()
        with transaction.atomic(), deliver_inline():
            _register_members(batch, members, stage, zone)
            for invoice in batch:
                with clock.at(_instant(invoice.at, zone)):
                    player.play(invoice)
            refused.flush()
        done += len(batch)
        progress("play", done, total)
    return tally


def _set_stage(
    cleaned: Cleaned, options: Options, known: Known, zone: ZoneInfo, tally: Tally, progress: Progress
) -> Stage:
    """People, places, articles and opening stock, in one transaction, at the start of the file's first day."""
    progress("prepare", 0, 1)
    first = datetime.combine(cleaned.invoices[0].at, time_of_day())
    unsettled = without_known(cleaned.invoices, known.orders.keys() | known.refusals.keys())
    name = fingerprint(cleaned, options.cover)
    with transaction.atomic(), deliver_inline(), clock.at(_instant(first, zone)):
        stage = set_stage(articles(cleaned.invoices))
        tally.opening_units = bring_in_opening(
            stage,
            opening_units(unsettled, options.cover),
            name=f"opening-{name}",
            description=f"Opening stock: the sales of the file × {options.cover}",
        )
        tally.opening_units_of_write_offs = bring_in_opening(
            stage,
            written_off_units(_open_write_offs(cleaned.invoices, known)),
            name=f"write-offs-{name}",
            description="Opening stock of goods the file writes off later",
        )
    progress("prepare", 1, 1)
    return stage


def _open_write_offs(invoices: Sequence[Invoice], known: Known) -> list[Invoice]:
    return without_known(invoices, known.write_offs | known.refused_write_offs)


def _register_members(batch: Sequence[Invoice], members: dict[str, int], stage: Stage, zone: ZoneInfo) -> None:
    """The batch's new customers become members together, at the time of its first invoice."""
    new = [customer for customer in customers(batch) if customer not in members]
    if not new:
        return
    with clock.at(_instant(batch[0].at, zone)):
        rows = [PartnerRow(name=member_name(customer), source_ref=customer) for customer in new]
        created = register_partners(rows, stage.machine)
    members.update(zip(new, (partner.pk for partner in created), strict=True))


def _instant(local: datetime, zone: ZoneInfo) -> datetime:
    """The file's local time as an instant; the repeated hour in autumn counts as its first pass."""
    return local.replace(tzinfo=zone)
