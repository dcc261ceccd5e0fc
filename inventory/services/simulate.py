"""What a change of quotas would do, bucket by bucket and channel by channel, without doing it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from inventory.selectors.sellers import without_sellers
from inventory.selectors.simulation import ChannelFigure, channel_figures
from inventory.services.quota import grant_quota, move_quota, return_quota
from inventory.services.quota_lines import Effect, Line, QuotaLine, QuotaMove, QuotaReturn
from vmi.core import clock
from vmi.core.actors import Actor
from vmi.core.db import fetch_prepared
from vmi.core.sources import Source


@dataclass(frozen=True, slots=True)
class ChannelEffect:
    """One channel and SKU before and after."""

    before: ChannelFigure
    after: ChannelFigure

    @property
    def is_changed(self) -> bool:
        """Whether the channel would notice."""
        return self.before != self.after


@dataclass(frozen=True, slots=True)
class Simulation:
    """The effects of a document that was not carried out; ``unsold``: buckets that gain units no channel sells now."""

    buckets: list[Effect]
    channels: list[ChannelEffect]
    unsold: list[int]


def simulate(*, lines: Sequence[Line], actor: Actor) -> Simulation:
    """Carry out lines of one kind, read what every channel of the rows would show, and take all of it back.

    Raises what the command itself would raise.
    """
    source = Source("simulation", f"{clock.now():%Y%m%d%H%M%S%f}")
    logical_ids = _logical_ids(lines)
    with transaction.atomic():
        before = channel_figures(logical_ids)
        buckets = _carry_out(lines, source, actor)
        after = channel_figures(logical_ids)
        unsold = without_sellers([effect.bucket_id for effect in buckets if effect.quota_after > effect.quota_before])
        transaction.set_rollback(True)
    return Simulation(buckets, [ChannelEffect(before[key], after[key]) for key in before], unsold)


def _carry_out(lines: Sequence[Any], source: Source, actor: Actor) -> list[Effect]:
    if all(isinstance(line, QuotaLine) for line in lines):
        return grant_quota(lines=lines, source=source, actor=actor)
    if all(isinstance(line, QuotaReturn) for line in lines):
        return return_quota(lines=lines, source=source, actor=actor)
    return move_quota(lines=lines, source=source, actor=actor)


def _logical_ids(lines: Sequence[Line]) -> Collection[int]:
    """The logical rows that the lines touch."""
    named = [line.logical_id for line in lines if isinstance(line, QuotaLine)]
    buckets = [line.bucket_id for line in lines if isinstance(line, QuotaReturn)]
    buckets += [line.from_bucket_id for line in lines if isinstance(line, QuotaMove)]
    rows = fetch_prepared(_LOGICAL, {"ids": sorted(buckets)})
    return {*named, *(row["logical_id"] for row in rows)}


_LOGICAL = """
    SELECT DISTINCT p.logical_id FROM inventory_channelstock c JOIN inventory_allocationpool p ON p.id = c.pool_id
    WHERE c.id = ANY(%(ids)s::bigint[])
"""
