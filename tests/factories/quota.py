"""Shorthand for quotas: channels beside the one of a stock, buckets by what they are for, and the four commands."""

from inventory.choices import Purpose
from inventory.models import AllocationPool, Channel, ChannelShare, ChannelStock
from inventory.services import add_channel_source, open_channel
from inventory.services.quota import Effect, QuotaLine, QuotaMove, QuotaReturn, grant_quota, move_quota, return_quota
from inventory.services.quota_lines import Target
from tests.factories.inventory import Stock, source
from vmi.core.actors import system_actor

ACTOR = system_actor()


def make_channel(stock: Stock, code: str) -> Channel:
    """Another channel that sells the goods of this stock."""
    channel = open_channel(code=f"{code}-{stock.channel_id}", name=code, actor=ACTOR)
    add_channel_source(channel_id=channel.pk, warehouse_id=stock.warehouse_id, owner_id=stock.owner_id, actor=ACTOR)
    return channel


def bucket(stock: Stock, channel_id: int | None = None, purpose: Purpose = Purpose.NORMAL) -> ChannelStock:
    """A bucket of the stock as it is now."""
    return ChannelStock.objects.get(pool__logical=stock.logical, pool__purpose=purpose, channel=channel_id)


def quotas(stock: Stock) -> dict[tuple[int, int | None], int]:
    """Base quota by purpose and channel, where there is any."""
    rows = ChannelStock.objects.filter(pool__logical=stock.logical, base_quota_qty__gt=0)
    return {(row.pool.purpose, row.channel_id): row.base_quota_qty for row in rows.select_related("pool")}


def pools(stock: Stock) -> dict[int, int]:
    """Quota by purpose, where there is any."""
    rows = AllocationPool.objects.filter(logical=stock.logical, quota_qty__gt=0)
    return dict(rows.values_list("purpose", "quota_qty"))


def unassign(stock: Stock, units: int | None = None) -> list[Effect]:
    """Take unsold units of the default pool's shared bucket out of every pool."""
    line = QuotaReturn(1, stock.bucket.pk, units, unassign=True)
    return return_quota(lines=[line], source=source("quota"), actor=ACTOR)


def grant(
    stock: Stock, units: int, purpose: Purpose = Purpose.NORMAL, channel_id: int | None = None, *, priority: int = 0
) -> list[Effect]:
    """Give units that no pool holds to a bucket."""
    line = QuotaLine(1, stock.logical.pk, Target(purpose, channel_id), units, priority=priority)
    return grant_quota(lines=[line], source=source("quota"), actor=ACTOR)


def move(stock: Stock, units: int, purpose: Purpose = Purpose.NORMAL, channel_id: int | None = None) -> list[Effect]:
    """Move unsold units of the default pool's shared bucket to another bucket."""
    line = QuotaMove(1, stock.bucket.pk, units, Target(purpose, channel_id))
    return move_quota(lines=[line], source=source("quota"), actor=ACTOR)


def open_share(stock: Stock, purpose: Purpose, channel_id: int) -> ChannelShare:
    """Let a channel sell from the shared bucket of a pool, without a cap."""
    return ChannelShare.objects.create(bucket=bucket(stock, None, purpose), channel_id=channel_id)
