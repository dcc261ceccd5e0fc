"""Loading the demo data: chapter after chapter, each in one transaction with its own bookmark, then the proof."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.db import transaction
from django_tenants.utils import tenant_context

from inventory.services.reconcile import Report, reconcile
from orders.demo.catalogue import load_catalogue
from orders.demo.counts import count_scenes
from orders.demo.deals import deals
from orders.demo.exceptions import NamespaceInUse, ProofFailed
from orders.demo.members import load_members
from orders.demo.money import is_online
from orders.demo.opening import opening_scenes
from orders.demo.paperwork import paper_scenes
from orders.demo.people import load_people
from orders.demo.places import load_places
from orders.demo.quotas import load_quotas
from orders.demo.refused import refused_scenes
from orders.demo.safety import safety_scenes
from orders.demo.sales import End, sale
from orders.demo.samples import GROUP_ORDER, sample_scenes
from orders.demo.shops import load_shops
from orders.demo.supply import load_supply
from orders.demo.timeline import Scene, tell
from orders.demo.world import World
from orders.models import Order
from orders.replay.exceptions import NamespaceClosed
from orders.replay.exclusive import alone_in
from vmi.accounts.people import Login
from vmi.core import clock
from vmi.core.actors import Actor, system_actor
from vmi.core.db import refresh_statistics
from vmi.events.catalogue import DemoLoaded
from vmi.events.selectors import payloads_of
from vmi.events.services import deliver_inline, record
from vmi.namespaces.selectors import find_namespace, is_current
from vmi.numbering.blocks import one_connection

START: Final = datetime(2025, 3, 20, 1, 0, tzinfo=UTC)
"""When the demo's company began, before the first of the customer's sample rows."""

OPENING: Final = datetime(2025, 3, 25, 1, 0, tzinfo=UTC)

SAMPLES_END: Final = datetime(2025, 5, 1, tzinfo=UTC)

FILLED_APPS: Final = (
    "partners", "catalog", "credits", "warehousing", "inventory", "stores", "orders", "payments", "events",
)  # fmt: skip

Progress = Callable[[str, int, int], None]
"""Called with a chapter, how much of it is done, and how much there is."""


@dataclass(slots=True)
class Loaded:
    """What a load did: its chapters, the logins that are new, and the proof of the namespace (None: nothing to do)."""

    report: Report | None = None
    chapters: list[str] = field(default_factory=list)
    logins: list[Login] = field(default_factory=list)


@dataclass(slots=True)
class _Load:
    anchor: datetime
    zone: ZoneInfo
    progress: Progress
    logins: list[Login]
    actor: Actor
    report: Report | None = None

    def midnight(self) -> datetime:
        """When the day of the load began."""
        return datetime.combine(self.anchor.astimezone(self.zone).date(), time(), tzinfo=self.zone)


def load_demo(schema: str, progress: Progress) -> Loaded:
    """Fill an empty namespace; running it again changes nothing, after a kill it goes on.

    Raises NamespaceClosed (missing, not active, other tables), NamespaceInUse, ReplayRunning, ProofFailed.
    """
    namespace = find_namespace(schema)
    if namespace is None or not namespace.is_active or not is_current(namespace):
        raise NamespaceClosed(details={"namespace": schema})
    with tenant_context(namespace):
        if not _left():
            return Loaded()
    with tenant_context(namespace), alone_in(schema), one_connection():
        done = _bookmarks()
        if not done and Order.objects.exists():
            raise NamespaceInUse(details={"namespace": schema})
        anchor = datetime.fromisoformat(next(iter(done.values()))) if done else clock.now()
        load = _Load(anchor, ZoneInfo(namespace.time_zone), progress, [], system_actor("load_demo"))
        new = _left()
        for name in new:
            _tell_chapter(name, load)
    return Loaded(load.report, new, load.logins)


def _bookmarks() -> dict[str, str]:
    """The chapters that are complete, with the anchor they were loaded with."""
    return {loaded.chapter: loaded.anchor for loaded in payloads_of(DemoLoaded)}


def _left() -> list[str]:
    done = _bookmarks()
    return [name for name in CHAPTERS if name not in done]


def _tell_chapter(name: str, load: _Load) -> None:
    load.progress(name, 0, 1)
    with transaction.atomic(), deliver_inline():
        with clock.at(START):
            CHAPTERS[name](load, name)
        # A chapter that was killed leaves dead rows: tables that look empty get plans that take minutes later on.
        refresh_statistics(*FILLED_APPS)
        bookmark = DemoLoaded(chapter=name, anchor=load.anchor.isoformat())
        record(bookmark, subject=f"demo:{name}", actor=load.actor)
    load.progress(name, 1, 1)


def _people(load: _Load, _name: str) -> None:
    load.logins += load_people(START)


def _catalogue(load: _Load, _name: str) -> None:
    load_catalogue(load.actor)


def _members(load: _Load, _name: str) -> None:
    load_members(START, load.actor)


def _places(load: _Load, _name: str) -> None:
    load_places(load.actor)


def _shops(load: _Load, _name: str) -> None:
    load_shops(load.actor)


def _samples(load: _Load, name: str) -> None:
    """The opening stock, and the customer's sample rows on top of it."""
    world = World.of_namespace()
    scenes = [*opening_scenes(OPENING, world), *sample_scenes(world)]
    tell(scenes, until=SAMPLES_END, progress=lambda done, total: load.progress(name, done, total))


def _trade(load: _Load, name: str) -> None:
    """The last two weeks."""
    world = World.of_namespace()
    scenes = [
        Scene(begin, sale(deal, world))
        for begin, deal in deals(load.anchor, load.zone)
        if is_online() or deal.end is not End.ORPHANED
    ]
    scenes += paper_scenes(load.midnight(), world)
    scenes += safety_scenes(load.midnight(), world)
    scenes += count_scenes(load.midnight(), world)
    scenes += refused_scenes(load.midnight(), world)
    scenes.append(Scene(load.anchor - timedelta(minutes=2), sale(GROUP_ORDER, world)))
    tell(scenes, until=load.anchor, progress=lambda done, total: load.progress(name, done, total))


def _quotas(load: _Load, _name: str) -> None:
    load_quotas(load.anchor, World.of_namespace())


def _supply(load: _Load, _name: str) -> None:
    load_supply(load.anchor, World.of_namespace())


def _proof(load: _Load, _name: str) -> None:
    """The ledgers agree, or the namespace is not finished."""
    with clock.at(load.anchor):
        load.report = reconcile(raise_event=True)
    if load.report.count:
        raise ProofFailed(details={name: len(found) for name, found in load.report.proofs.items() if found})


CHAPTERS: Final[dict[str, Callable[[_Load, str], None]]] = {
    "people": _people,
    "catalogue": _catalogue,
    "members": _members,
    "places": _places,
    "shops": _shops,
    "samples": _samples,
    "trade": _trade,
    "quotas": _quotas,
    "supply": _supply,
    "proof": _proof,
}
"""In this order; a name is a bookmark in the event log and never changes."""
