"""Setting what customers see and which warehouse serves them; every change is written to the audit log (C-37)."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from inventory.choices import DisplayRule
from inventory.locks import lock_bucket, lock_channel
from inventory.models import Channel, ChannelStock
from vmi.core import clock
from vmi.core.actors import Actor
from vmi.core.audit import audit
from vmi.core.commands import command
from vmi.core.exceptions import InvalidRequest
from vmi.core.fields import QUANTITY_MAX


@command
def set_display(
    *, bucket_id: int, rule: DisplayRule | None, units: int | None = None, actor: Actor, dry_run: bool = False
) -> ChannelStock:
    """Set the display rule of a bucket with its number; None: that of the channel.

    A minimum may raise what is shown above what lies there, so it needs overselling to be enabled, and only as far as
    that covers is anything raised. Raises NotFound, InvalidRequest.
    """
    if units is not None and not 1 <= units <= QUANTITY_MAX:
        raise InvalidRequest(_("This quantity is out of bounds."), code="quantity_invalid", param="units")
    bucket = lock_bucket(bucket_id)
    if rule not in (None, DisplayRule.EXACT) and units is None:
        raise InvalidRequest(_("This rule needs a number of units."), code="units_required", param="units")
    if rule == DisplayRule.MINIMUM and not bucket.oversell_enabled:
        raise InvalidRequest(
            _("A minimum is shown only where overselling is enabled."), code="minimum_without_oversell", param="rule"
        )
    wanted = {"display_rule": rule, "display_units": units if rule is not None else None}
    before = {"display_rule": bucket.display_rule, "display_units": bucket.display_units}
    ChannelStock.objects.filter(pk=bucket_id).update(**wanted)
    audit(bucket, before, wanted, actor=actor)
    bucket.refresh_from_db()
    return bucket


CHANNEL_RULES = (
    "name",
    "display_rule",
    "display_units",
    "warehouse_choice",
    "may_split",
    "cart_hold_minutes",
    "order_hold_minutes",
    "oversell_hold_minutes",
    "hold_units_max",
    "hold_share_max",
)
"""What :func:`set_channel_rules` changes; the code is what documents refer to and stays."""


@command
def set_channel_rules(*, channel_id: int, rules: Mapping[str, Any], actor: Actor, dry_run: bool = False) -> Channel:
    """Change those of ``CHANNEL_RULES`` that ``rules`` names; raises NotFound.

    A minimum display of a channel raises only what overselling covers, so it changes nothing where none is enabled.
    """
    channel = lock_channel(channel_id)
    wanted = {name: rules[name] for name in CHANNEL_RULES if name in rules}
    if wanted:
        before = {name: getattr(channel, name) for name in wanted}
        Channel.objects.filter(pk=channel_id).update(**wanted, modify_time=clock.now())
        audit(channel, before, wanted, actor=actor)
        channel.refresh_from_db()
    return channel
