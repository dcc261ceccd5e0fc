"""What the actions on safety stock and warning lines ask for, and the two that work on rows of stock themselves."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from inventory.choices import ReviewEvery
from inventory.models import Channel, LogicalStock, SafetyPolicy
from inventory.models.safety import COVER_DAYS_MAX, EMERGENCY_PERCENT, RISK_PERCENT
from inventory.services import SafetyTerms, set_safety, set_threshold
from inventory.services.safety_rows import SAFETY, SafetyEffect
from vmi.core.admin import service_action
from vmi.core.fields import QUANTITY_MAX
from vmi.core.sources import Source
from vmi.numbering.services import next_number

REASON_CHARS_MAX = 200


def units_field(label: Any, help_text: Any = "", *, least: int = 0, required: bool = False) -> forms.IntegerField:
    """Whole units."""
    return forms.IntegerField(
        label=label,
        help_text=help_text,
        min_value=least,
        max_value=QUANTITY_MAX,
        required=required,
        widget=UnfoldAdminIntegerFieldWidget,
    )


def reason_field(*, required: bool = True) -> forms.CharField:
    """Why."""
    return forms.CharField(
        label=_("reason"), max_length=REASON_CHARS_MAX, required=required, widget=UnfoldAdminTextInputWidget
    )


class DayField(forms.DateField):
    """A day in the future, or none."""

    def __init__(self, label: Any, help_text: Any) -> None:
        super().__init__(
            label=label,
            help_text=help_text,
            required=False,
            widget=UnfoldAdminTextInputWidget(attrs={"type": "date"}),
        )


class ChannelField(forms.ModelChoiceField):
    """One channel, or none."""

    def __init__(self, label: Any, help_text: Any) -> None:
        super().__init__(
            Channel.objects.order_by("code"),
            label=label,
            help_text=help_text,
            required=False,
            widget=UnfoldAdminSelectWidget,
        )


class SafetyForm(forms.Form):
    """The parts of a safety stock."""

    normal_units = units_field(_("normal part (units)"), _("Units, or days of cover below; not both."))
    cover_days = forms.IntegerField(
        label=_("normal part (days of cover)"),
        help_text=_("Days of the average daily outbound of the last 30 days."),
        min_value=0,
        max_value=COVER_DAYS_MAX,
        required=False,
        widget=UnfoldAdminIntegerFieldWidget,
    )
    emergency_percent = forms.IntegerField(
        label=_("emergency extra (%)"),
        help_text=_("10 to 20 for goods that may run hot, 0 for none."),
        min_value=0,
        max_value=EMERGENCY_PERCENT[1],
        initial=0,
        widget=UnfoldAdminIntegerFieldWidget,
    )
    supplier_risk_percent = forms.IntegerField(
        label=_("supplier-risk extra (%)"),
        help_text=_("20 to 50 for an unreliable supplier, 0 for none."),
        min_value=0,
        max_value=RISK_PERCENT[1],
        initial=0,
        widget=UnfoldAdminIntegerFieldWidget,
    )
    review_every = forms.TypedChoiceField(
        label=_("review"),
        choices=ReviewEvery.choices,
        coerce=lambda value: ReviewEvery(int(value)),
        widget=UnfoldAdminSelectWidget,
    )
    reason = reason_field(required=False)

    @staticmethod
    def initial_of(obj: Any) -> dict[str, Any]:
        """What the policy (or that of the row of stock) says now."""
        policy = obj if isinstance(obj, SafetyPolicy) else SafetyPolicy.objects.filter(logical_id=obj.pk).first()
        names = ("normal_units", "cover_days", "emergency_percent", "supplier_risk_percent", "review_every")
        return {name: getattr(policy, name) for name in names} if policy else {}


class ThresholdForm(forms.Form):
    """The warning line."""

    threshold = units_field(_("warning line"), _("It only warns; 0 switches it off."), required=True)

    @staticmethod
    def initial_of(obj: Any) -> dict[str, Any]:
        """The line as it is."""
        return {"threshold": obj.alert_threshold}


class ReleaseForm(forms.Form):
    """What to put on sale, for how long and for whom."""

    quantity = units_field(_("quantity"), _("Empty: everything that is withheld."), least=1)
    until = DayField(_("re-armed on"), _("Empty: until somebody re-arms it."))
    channel = ChannelField(_("channel"), _("Empty: for every channel that sells from this warehouse."))
    reason = reason_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "withheld" in self.initial:
            text = _("Empty: everything that is withheld, %(units)s units.")
            self.fields["quantity"].help_text = text % {"units": number_format(self.initial["withheld"])}

    @staticmethod
    def initial_of(obj: Any) -> dict[str, Any]:
        """What there is to release."""
        return {"withheld": obj.logical.safety_qty}


class RearmForm(forms.Form):
    """What to withhold again."""

    quantity = units_field(_("quantity"), _("Empty: everything that is released."), least=1)
    reason = reason_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "released" in self.initial:
            text = _("Empty: everything that is released, %(units)s units.")
            self.fields["quantity"].help_text = text % {"units": number_format(self.initial["released"])}

    @staticmethod
    def initial_of(obj: Any) -> dict[str, Any]:
        """What there is to take back."""
        return {"released": obj.released_qty}


class LockForm(forms.Form):
    """Why nothing may be released."""

    reason = reason_field()
    until = DayField(_("locked until"), _("Empty: until somebody unlocks it."))


def new_source() -> Source:
    """The document of one change of safety stock."""
    return Source(SAFETY, next_number("safety"))


def told(effect: SafetyEffect) -> str:
    """What a command made of a policy, for the message."""
    figures = {
        "withheld": effect.withheld,
        "target": effect.target,
        "released": effect.released,
        "deficit": effect.deficit,
    }
    if effect.deficit:
        text = _("%(withheld)s of %(target)s units are withheld, %(released)s released, %(deficit)s are missing.")
    else:
        text = _("%(withheld)s of %(target)s units are withheld, %(released)s released.")
    return str(text) % figures


def set_from_form(logical_id: int, request: HttpRequest, page: Any, fields: dict[str, Any]) -> str:
    """Set a row's safety stock from the form's fields; returns the message."""
    reason = fields.pop("reason")
    effect = set_safety(
        logical_id=logical_id,
        terms=SafetyTerms(**fields),
        reason=reason,
        source=new_source(),
        actor=page.actor(request),
    )
    return told(effect)


class StockLimitActions:
    """Actions on selected rows of stock: their warning line, and what is withheld of them."""

    @service_action(description=_("set warning line"), permission="inventory.change_logicalstock", form=ThresholdForm)
    def set_warning_line(self: Any, request: HttpRequest, obj: LogicalStock, *, threshold: int) -> None:
        """Warn when the row falls to this line."""
        set_threshold(logical_id=obj.pk, threshold=threshold, actor=self.actor(request))

    @service_action(description=_("set safety stock"), permission="inventory.set_safety", form=SafetyForm)
    def set_safety_stock(self: Any, request: HttpRequest, obj: LogicalStock, **fields: Any) -> str:
        """Withhold so much of the row."""
        return set_from_form(obj.pk, request, self, fields)
