"""Stores: opening one with its sales channel, changing it, giving it shelves."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from inventory import services as inventory
from stores.exceptions import DuplicateStoreCode, InvalidReference, InvalidValue, ShelfTaken, StoreNotFound
from stores.models import Store, StoreShelf
from stores.models.store import ORDER_HOLD_MINUTES_MAX
from vmi.core import clock
from vmi.core.actors import Actor
from vmi.core.fields import CODE_LENGTH_MAX
from vmi.core.integrity import refusing
from vmi.core.text import clean_text
from vmi.events.services import audit
from vmi.numbering.services import next_number
from warehousing import selectors as warehousing_selectors

NAME_LENGTH_MAX = 120
DESCRIPTION_LENGTH_MAX = 1000
SHELVES_MAX = 1000
"""Most shelves of one store."""


@transaction.atomic
def create_store(
    *,
    name: str,
    description: str = "",
    code: str | None = None,
    sources: Sequence[tuple[int, int]] = (),
    order_hold_minutes: int | None = None,
    actor: Actor,
) -> Store:
    """Open a store and, under the same code, the channel through which it sells (S000-16).

    ``sources`` are pairs of warehouse id and owner id, first choice first: whose goods it sells from where.
    Raises InvalidValue, InvalidReference, DuplicateStoreCode.
    """
    values = _checked({"name": name, "description": description, "order_hold_minutes": order_hold_minutes})
    given = clean_text(code or "", param="code", limit=CODE_LENGTH_MAX, error=InvalidValue)
    _check_sources(sources)
    at = clock.now()
    number = given or next_number("store", on=at)
    if Store.objects.filter(code__iexact=number).exists():
        raise DuplicateStoreCode(param="code", details={"code": number})

    channel = inventory.open_channel(code=number, name=values["name"], actor=actor)
    for priority, (warehouse_id, owner_id) in enumerate(sources):
        inventory.add_channel_source(
            channel_id=channel.pk, warehouse_id=warehouse_id, owner_id=owner_id, priority=priority, actor=actor
        )
    store = Store(
        code=number, channel_id=channel.pk, creater_id=actor.user_id, create_time=at, modify_time=at, **values
    )
    # Two people opening a store under one code at the same moment: the unique code decides.
    with refusing({"stores_store_code": lambda: DuplicateStoreCode(param="code", details={"code": number})}):
        store.save(force_insert=True)

    audit(store, before={}, after={"code": number, **values}, actor=actor)
    return store


def _check_sources(sources: Sequence[tuple[int, int]]) -> None:
    warehouses = warehousing_selectors.warehouses_by_id([warehouse for warehouse, _owner in sources])
    owners = warehousing_selectors.owners_by_id([owner for _warehouse, owner in sources])
    for index, (warehouse_id, owner_id) in enumerate(sources):
        if warehouse_id not in warehouses:
            raise InvalidReference(_("The warehouse does not exist."), param=f"sources[{index}].warehouse")
        if owner_id not in owners or not owners[owner_id].is_enabled:
            raise InvalidReference(_("The owner does not exist or is disabled."), param=f"sources[{index}].owner")
    if len(set(sources)) != len(sources):
        raise InvalidValue(_("A source appears twice."), param="sources")


def _checked(values: dict[str, Any]) -> dict[str, Any]:
    """The given columns of a store, cleaned."""
    clean = dict(values)
    if "name" in values:
        clean["name"] = clean_text(
            values["name"], param="name", limit=NAME_LENGTH_MAX, error=InvalidValue, required=True
        )
    if "description" in values:
        clean["description"] = clean_text(
            values["description"], param="description", limit=DESCRIPTION_LENGTH_MAX, error=InvalidValue, lines=True
        )
    minutes = values.get("order_hold_minutes")
    if minutes is not None and not 1 <= minutes <= ORDER_HOLD_MINUTES_MAX:
        raise InvalidValue(
            _("The hold lasts 1 to %(max)s minutes."), param="orderHoldMinutes", details={"max": ORDER_HOLD_MINUTES_MAX}
        )
    return clean


@transaction.atomic
def update_store(*, store_id: int, actor: Actor, **fields: Any) -> Store:
    """Change any of ``name description order_hold_minutes``; the code is fixed. Raises StoreNotFound, InvalidValue."""
    store = find_store(store_id)
    values = _checked(fields)
    before = {name: getattr(store, name) for name in values}

    for name, value in values.items():
        setattr(store, name, value)
    store.modify_time = clock.now()
    store.save(update_fields=[*values, "modify_time"])

    audit(store, before=before, after=values, actor=actor)
    return store


def find_store(store_id: int) -> Store:
    """The store or StoreNotFound."""
    store = Store.objects.filter(pk=store_id).first()
    if store is None:
        raise StoreNotFound(param="store")
    return store


@transaction.atomic
def add_source(*, store_id: int, warehouse_id: int, owner_id: int, priority: int = 0, actor: Actor) -> Store:
    """Let a store also sell this owner's goods from this warehouse."""
    store = find_store(store_id)
    try:
        _check_sources([(warehouse_id, owner_id)])
    except InvalidReference as refusal:
        refusal.param = str(refusal.param).rpartition(".")[2]  # the caller named one source, not a list
        raise

    inventory.add_channel_source(
        channel_id=store.channel_id, warehouse_id=warehouse_id, owner_id=owner_id, priority=priority, actor=actor
    )

    audit(store, before={}, after={"source": f"{warehouse_id}/{owner_id}"}, actor=actor)
    return store


@transaction.atomic
def assign_shelves(*, store_id: int, shelf_ids: Sequence[int], actor: Actor) -> Store:
    """Make ``shelf_ids`` the shelves of the store: missing ones are added, others given back.

    Raises ShelfTaken naming the shelves of other stores (S000-16, R27).
    """
    store = find_store(store_id)
    wanted = set(shelf_ids)
    _check_shelves(wanted)
    before = sorted(StoreShelf.objects.filter(store=store).values_list("shelf_id", flat=True))
    taken = sorted(
        StoreShelf.objects.filter(shelf_id__in=wanted).exclude(store=store).values_list("shelf_id", flat=True)
    )
    if taken:
        raise ShelfTaken(param="shelf", details={"shelf": taken})

    StoreShelf.objects.filter(store=store).exclude(shelf_id__in=wanted).delete()
    # Two stores claiming a shelf at the same moment: the unique shelf decides, in the order of ids.
    with refusing({"stores_storeshelf_shelf": lambda: ShelfTaken(param="shelf")}):
        StoreShelf.objects.bulk_create(
            [StoreShelf(store=store, shelf_id=shelf_id) for shelf_id in sorted(wanted - set(before))]
        )

    audit(store, before={"shelf": str(before)}, after={"shelf": str(sorted(wanted))}, actor=actor)
    return store


def _check_shelves(wanted: set[int]) -> None:
    if len(wanted) > SHELVES_MAX:
        raise InvalidValue(_("A store has at most %(max)s shelves."), param="shelf", details={"max": SHELVES_MAX})
    known = warehousing_selectors.shelves_by_id(wanted)
    unknown = sorted(wanted - set(known))
    if unknown:
        raise InvalidReference(_("The shelf does not exist."), param="shelf", details={"shelf": unknown})
