"""What the actions on quotas ask for."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminSplitDateTimeWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from inventory.choices import DisplayRule, Purpose
from inventory.models import AllocationPool, Channel, ChannelStock
from inventory.models.channel import HOLD_MINUTES_MAX
from vmi.core.fields import QUANTITY_MAX

REASON_CHARS_MAX = 200


def units_field(*, required: bool = True, minimum: int = 1, **fields: Any) -> forms.IntegerField:
    """A number of units."""
    return forms.IntegerField(
        required=required,
        min_value=minimum,
        max_value=QUANTITY_MAX,
        widget=UnfoldAdminIntegerFieldWidget,
        **{"label": _("units"), **fields},
    )


def percent_field(**fields: Any) -> forms.IntegerField:
    """An optional percentage."""
    return forms.IntegerField(
        required=False, min_value=0, max_value=100, widget=UnfoldAdminIntegerFieldWidget, **fields
    )


def flag_field(**fields: Any) -> forms.BooleanField:
    """A switch."""
    return forms.BooleanField(required=False, widget=UnfoldBooleanSwitchWidget, **fields)


def channel_field(*, required: bool = False, **fields: Any) -> "forms.ModelChoiceField[Channel]":
    """A channel; left empty it means what the pool's channels share."""
    return forms.ModelChoiceField(
        Channel.objects.all(),
        required=required,
        empty_label=None if required else _("shared by the pool's channels"),
        widget=UnfoldAdminSelectWidget,
        **{"label": _("channel"), **fields},
    )


class ReasonForm(forms.Form):
    """Why a quota changes; kept with the document."""

    reason = forms.CharField(
        label=_("reason"), max_length=REASON_CHARS_MAX, required=False, widget=UnfoldAdminTextInputWidget
    )


class TargetForm(ReasonForm):
    """Which bucket takes the units."""

    purpose = forms.TypedChoiceField(
        label=_("purpose"),
        choices=[(purpose.value, purpose.label) for purpose in Purpose if purpose != Purpose.INTERNAL],
        coerce=lambda value: Purpose(int(value)),
        widget=UnfoldAdminSelectWidget,
    )
    channel = channel_field()
    field_order = ("units", "percent", "source", "purpose", "channel", "from_exclusive", "reason")


class GrantForm(TargetForm):
    """Units for a pool or a channel, or a percentage that follows the pool."""

    units = units_field(required=False)
    percent = percent_field(
        label=_("share of the pool (%)"),
        help_text=_("Instead of units: the channel's quota follows its pool."),
    )
    source = forms.ChoiceField(
        label=_("taken from"),
        choices=(("shared", _("the shared quota of normal sale")), ("free", _("units that no pool holds"))),
        widget=UnfoldAdminSelectWidget,
    )


class MoveForm(TargetForm):
    """Units for another pool or channel of the same goods."""

    units = units_field()
    from_exclusive = flag_field(
        label=_("take from a channel's own quota"),
        help_text=_("An own quota gives units only when this is confirmed."),
    )


class ReturnForm(ReasonForm):
    """Unsold units that go back."""

    units = units_field(required=False, help_text=_("Empty: all that is not sold."))
    unassign = flag_field(label=_("to no pool"), help_text=_("Otherwise to the shared quota of normal sale."))
    field_order = ("units", "unassign")


class OversellForm(forms.Form):
    """By how much the bucket may promise more than it has."""

    enabled = flag_field(label=_("oversell"), initial=True)
    units = units_field(required=False, minimum=0)
    percent = percent_field(label=_("percent of the quota"), help_text=_("Instead of units."))
    minutes = forms.IntegerField(
        label=_("minutes to pay an oversold order"),
        required=False,
        min_value=1,
        max_value=HOLD_MINUTES_MAX,
        widget=UnfoldAdminIntegerFieldWidget,
    )

    @staticmethod
    def initial_of(bucket: ChannelStock) -> dict[str, Any]:
        """The rule as it is; a bucket without one starts with a rule that is on."""
        return {
            "enabled": bucket.oversell_enabled or (bucket.oversell_units is None and bucket.oversell_percent is None),
            "units": bucket.oversell_units,
            "percent": bucket.oversell_percent,
            "minutes": bucket.oversell_minutes,
        }


class DisplayForm(forms.Form):
    """What customers see of the bucket."""

    rule = forms.TypedChoiceField(
        label=_("display rule"),
        choices=(("", _("as the channel")), *DisplayRule.choices),
        coerce=lambda value: DisplayRule(int(value)),
        empty_value=None,
        required=False,
        widget=UnfoldAdminSelectWidget,
    )
    units = units_field(required=False, label=_("display units"))

    @staticmethod
    def initial_of(bucket: ChannelStock) -> dict[str, Any]:
        """The rule as it is."""
        return {"rule": bucket.display_rule, "units": bucket.display_units}


class ShareForm(forms.Form):
    """A channel's part in the shared bucket."""

    channel = channel_field(required=True)
    cap_units = units_field(required=False, minimum=0, label=_("cap"), help_text=_("Empty: no cap."))
    cap_percent = percent_field(label=_("cap, share of the quota (%)"), help_text=_("Instead of units."))


class DropShareForm(forms.Form):
    """The channel whose part ends."""

    channel = channel_field(required=True)


class WindowForm(forms.Form):
    """From when to when a channel's own quota is sold."""

    effective_from = forms.SplitDateTimeField(
        label=_("effective from"), required=False, widget=UnfoldAdminSplitDateTimeWidget
    )
    effective_to = forms.SplitDateTimeField(
        label=_("effective to"), required=False, widget=UnfoldAdminSplitDateTimeWidget
    )
    may_borrow = flag_field(label=_("may sell from the shared stock"), initial=True)

    @staticmethod
    def initial_of(bucket: ChannelStock) -> dict[str, Any]:
        """The window as it is."""
        return {
            "effective_from": bucket.effective_from,
            "effective_to": bucket.effective_to,
            "may_borrow": bucket.may_borrow,
        }


class PriorityForm(forms.Form):
    """How important a pool is."""

    priority = forms.IntegerField(
        label=_("priority"),
        help_text=_("When goods are lost, the pool with the smallest number gives its units first."),
        widget=UnfoldAdminIntegerFieldWidget,
    )

    @staticmethod
    def initial_of(pool: AllocationPool) -> dict[str, Any]:
        """The priority as it is."""
        return {"priority": pool.priority}
