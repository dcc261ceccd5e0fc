"""The rule by which a bucket promises more than it has (S001-30, C-08)."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from inventory.choices import Command, Counter, Layer
from inventory.models import ChannelStock
from inventory.models.channel import HOLD_MINUTES_MAX
from inventory.services.commands import claim
from inventory.services.movement import WHOLE_DOCUMENT, Change, Context, move
from inventory.services.trimming import oversell_limit
from vmi.core import clock
from vmi.core.actors import Actor
from vmi.core.audit import audit
from vmi.core.commands import command
from vmi.core.db import fetch_prepared
from vmi.core.exceptions import InvalidRequest, NotFound
from vmi.core.fields import QUANTITY_MAX
from vmi.core.sources import Source


@dataclass(frozen=True, slots=True)
class OversellRule:
    """``units``, or ``percent`` of the quota, may be promised beyond the goods, to be paid within ``minutes``.

    ``minutes`` empty: those of the channel, of the store, of the namespace.
    """

    enabled: bool
    units: int | None = None
    percent: int | None = None
    minutes: int | None = None


@command
def set_oversell(*, bucket_id: int, rule: OversellRule, source: Source, actor: Actor, dry_run: bool = False) -> int:
    """Set a bucket's rule; returns the limit in units that it gives now.

    A percentage is turned into units here and whenever the quota is granted, received or trimmed, never by shipping.
    The limit never falls below what is promised beyond the goods already. Raises NotFound, InvalidRequest. The same
    source again changes nothing.
    """
    _check(rule)
    context = Context(Command.SET_OVERSELL, source, actor, clock.now())
    content = [bucket_id, rule.enabled, rule.units, rule.percent, rule.minutes]
    is_new = claim(command=context.command, source=source, content=content, actor=actor, at=context.at)
    found = fetch_prepared(_LOCK, {"id": bucket_id})
    if not found:
        raise NotFound(param="bucket")
    row = found[0]
    if not is_new:
        return int(row["oversell_limit_qty"])
    wanted: dict[str, Any] = {
        "oversell_enabled": rule.enabled,
        "oversell_units": rule.units,
        "oversell_percent": rule.percent,
        "oversell_minutes": rule.minutes,
    }
    limit = oversell_limit({**row, **wanted, "oversell_limit_qty": 0}, row["base_quota_qty"], row["shortage_qty"])
    limit = max(limit, row["oversold_held_qty"] + row["oversold_sold_qty"])
    change = Change(bucket_id, WHOLE_DOCUMENT, {Counter.OVERSELL_LIMIT: limit - row["oversell_limit_qty"]})
    move(Layer.CHANNEL, [change], context)
    ChannelStock.objects.filter(pk=bucket_id).update(**wanted)
    audit(ChannelStock(pk=bucket_id), {name: row[name] for name in wanted}, wanted, actor=actor)
    return limit


def _check(rule: OversellRule) -> None:
    """One of units and percentage when it is enabled, within their bounds. Raises InvalidRequest."""
    given = (rule.units is not None) + (rule.percent is not None)
    if given > 1 or (rule.enabled and not given):
        raise InvalidRequest(_("Give either units or a percentage."), code="units_or_percent", param="units")
    if rule.units is not None and not 0 <= rule.units <= QUANTITY_MAX:
        raise InvalidRequest(_("This quantity is out of bounds."), code="quantity_invalid", param="units")
    if rule.percent is not None and not 0 <= rule.percent <= 100:
        raise InvalidRequest(_("A percentage is 0 to 100."), code="percent_invalid", param="percent")
    if rule.minutes is not None and not 1 <= rule.minutes <= HOLD_MINUTES_MAX:
        raise InvalidRequest(_("This number is out of bounds."), code="minutes_invalid", param="minutes")


_LOCK = """
    SELECT id, base_quota_qty, shortage_qty, oversell_enabled, oversell_units, oversell_percent, oversell_minutes,
           oversell_limit_qty, oversold_held_qty, oversold_sold_qty
    FROM inventory_channelstock WHERE id = %(id)s::bigint FOR UPDATE
"""
