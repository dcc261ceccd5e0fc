"""Actions that set the rules by which a bucket is sold."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from inventory.admin import quota_forms as forms
from inventory.choices import DisplayRule
from inventory.models import Channel, ChannelStock
from inventory.services.display_rules import set_display
from inventory.services.oversell import OversellRule, set_oversell
from inventory.services.shares import drop_share, set_share
from inventory.services.windows import set_window
from vmi.core.admin import service_action
from vmi.core.sources import Source
from vmi.numbering.services import next_number

RULES = "inventory.set_channel_rules"


def is_shared(bucket: ChannelStock) -> bool:
    """Whether the channels of a pool share it."""
    return bucket.channel_id is None


def is_exclusive(bucket: ChannelStock) -> bool:
    """Whether one channel has it for itself."""
    return bucket.channel_id is not None


class RuleActions:
    """The actions of a bucket's page that set its rules."""

    actor: Any

    @service_action(description=_("oversell rule"), permission=RULES, form=forms.OversellForm, icon="speed")
    def oversell_rule(
        self,
        request: HttpRequest,
        obj: ChannelStock,
        *,
        enabled: bool,
        units: int | None,
        percent: int | None,
        minutes: int | None,
    ) -> str:
        """Set by how much the bucket may promise more than it has."""
        rule = OversellRule(enabled, units, percent, minutes)
        limit = set_oversell(bucket_id=obj.pk, rule=rule, source=_source(), actor=self.actor(request))
        return _now("The limit is %(units)s units now.") % {"units": limit}

    @service_action(description=_("display rule"), permission=RULES, form=forms.DisplayForm, icon="visibility")
    def display_rule_action(
        self, request: HttpRequest, obj: ChannelStock, *, rule: DisplayRule | None, units: int | None
    ) -> None:
        """Set what customers see of the bucket."""
        set_display(bucket_id=obj.pk, rule=rule, units=units, actor=self.actor(request))

    @service_action(
        description=_("set channel share"), permission=RULES, form=forms.ShareForm, when=is_shared, icon="pie_chart"
    )
    def share(
        self,
        request: HttpRequest,
        obj: ChannelStock,
        *,
        channel: Channel,
        cap_units: int | None,
        cap_percent: int | None,
    ) -> None:
        """Let a channel sell from the shared bucket, with a cap or without."""
        set_share(
            bucket_id=obj.pk,
            channel_id=channel.pk,
            cap_units=cap_units,
            cap_percent=cap_percent,
            source=_source(),
            actor=self.actor(request),
        )

    @service_action(
        description=_("end channel share"), permission=RULES, form=forms.DropShareForm, when=is_shared, icon="block"
    )
    def end_share(self, request: HttpRequest, obj: ChannelStock, *, channel: Channel) -> None:
        """End a channel's part in the shared bucket."""
        drop_share(bucket_id=obj.pk, channel_id=channel.pk, source=_source(), actor=self.actor(request))

    @service_action(
        description=_("set window"), permission=RULES, form=forms.WindowForm, when=is_exclusive, icon="schedule"
    )
    def window(
        self,
        request: HttpRequest,
        obj: ChannelStock,
        *,
        effective_from: datetime | None,
        effective_to: datetime | None,
        may_borrow: bool,
    ) -> None:
        """Say from when to when the channel's own quota is sold."""
        set_window(
            bucket_id=obj.pk,
            effective_from=effective_from,
            effective_to=effective_to,
            may_borrow=may_borrow,
            actor=self.actor(request),
        )


def _source() -> Source:
    return Source("quota", next_number("quota"))
