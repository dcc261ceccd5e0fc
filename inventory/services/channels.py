"""Opening channels and saying whose goods they sell from where."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from inventory.exceptions import ChannelExists
from inventory.models import Channel, ChannelSource
from inventory.services.display_rules import set_channel_rules
from vmi.core import clock
from vmi.core.actors import Actor
from vmi.core.audit import audit
from vmi.core.commands import command
from vmi.core.exceptions import NotFound


@dataclass(frozen=True, slots=True)
class SourceInput:
    """Whose goods a channel sells from where; the smallest ``priority`` is asked first."""

    warehouse_id: int
    owner_id: int
    priority: int = 0


@transaction.atomic
def open_channel(*, code: str, name: str, actor: Actor) -> Channel:
    """Open a sales channel; idempotent on its code."""
    return _open(code, name, actor)[0]


@command
def create_channel(
    *,
    code: str,
    name: str,
    sources: Sequence[SourceInput] = (),
    rules: Mapping[str, Any] | None = None,
    actor: Actor,
    dry_run: bool = False,
) -> Channel:
    """Open a new channel with its sources and rules, for a marketplace or an app of its own (S001-27).

    Raises ChannelExists, and what :func:`set_channel_rules` raises.
    """
    channel, is_new = _open(code, name, actor)
    if not is_new:
        raise ChannelExists(param="code", details={"code": code})
    audit(channel, {}, {"code": code, "name": name}, actor=actor)
    for source in sources:
        add_channel_source(
            channel_id=channel.pk,
            warehouse_id=source.warehouse_id,
            owner_id=source.owner_id,
            priority=source.priority,
            actor=actor,
        )
    return set_channel_rules(channel_id=channel.pk, rules=rules, actor=actor) if rules else channel


@transaction.atomic
def add_channel_source(
    *, channel_id: int, warehouse_id: int, owner_id: int, priority: int = 0, actor: Actor
) -> ChannelSource:
    """Let a channel sell an owner's goods from a warehouse; naming it again changes the priority."""
    before = _source(channel_id, warehouse_id, owner_id)
    source, _created = ChannelSource.objects.update_or_create(
        channel_id=channel_id,
        warehouse_id=warehouse_id,
        owner_id=owner_id,
        defaults={"priority": priority},
    )
    _note(source, None if before is None else before.priority, priority, actor)
    return source


@command
def remove_channel_source(
    *, channel_id: int, warehouse_id: int, owner_id: int, actor: Actor, dry_run: bool = False
) -> None:
    """Let a channel sell nothing more of an owner's goods from a warehouse; what it promised stays promised.

    Its own quotas there stay until somebody returns them. Raises NotFound.
    """
    source = _source(channel_id, warehouse_id, owner_id)
    if source is None:
        raise NotFound(param="source")
    _note(source, source.priority, None, actor)
    source.delete()


def _open(code: str, name: str, actor: Actor) -> tuple[Channel, bool]:
    """The channel of this code, made if missing, and whether it was made; one that others just made is theirs."""
    now = clock.now()
    return Channel.objects.get_or_create(
        code=code,
        defaults={"name": name, "creater_id": actor.user_id, "create_time": now, "modify_time": now},
    )


def _source(channel_id: int, warehouse_id: int, owner_id: int) -> ChannelSource | None:
    return ChannelSource.objects.filter(channel_id=channel_id, warehouse_id=warehouse_id, owner_id=owner_id).first()


def _note(source: ChannelSource, before: int | None, after: int | None, actor: Actor) -> None:
    """Write the source into the history of its channel: its priority before and after, None for no source."""
    place = f"{source.warehouse.code} / {source.owner.code}"
    told = [None if priority is None else f"{place} ({priority})" for priority in (before, after)]
    audit(Channel(pk=source.channel_id), {"channel_source": told[0]}, {"channel_source": told[1]}, actor=actor)
