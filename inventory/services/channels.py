"""Opening channels and saying whose goods they sell from where."""

from django.db import transaction

from inventory.models import Channel, ChannelSource
from vmi.core import clock
from vmi.core.actors import Actor


@transaction.atomic
def open_channel(*, code: str, name: str, actor: Actor) -> Channel:
    """Open a sales channel; idempotent on its code."""
    now = clock.now()
    channel, _created = Channel.objects.get_or_create(
        code=code,
        defaults={"name": name, "creater_id": actor.user_id, "create_time": now, "modify_time": now},
    )
    return channel


@transaction.atomic
def add_channel_source(
    *, channel_id: int, warehouse_id: int, owner_id: int, priority: int = 0, actor: Actor
) -> ChannelSource:
    """Let a channel sell an owner's goods from a warehouse; naming it again changes the priority."""
    source, _created = ChannelSource.objects.update_or_create(
        channel_id=channel_id,
        warehouse_id=warehouse_id,
        owner_id=owner_id,
        defaults={"priority": priority},
    )
    return source
