"""What the pages of goods on their way ask for."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from catalog.selectors import skus_by_code
from inventory.models import ChannelStock, LogicalStock, SupplyLine
from vmi.core.fields import CODE_LENGTH_MAX, QUANTITY_MAX
from warehousing.selectors import locations_by_code


def units_field() -> forms.IntegerField:
    """Whole units, at least one."""
    return forms.IntegerField(
        label=_("quantity"), min_value=1, max_value=QUANTITY_MAX, widget=UnfoldAdminIntegerFieldWidget
    )


def day_field(*, help_text: Any = "") -> forms.DateField:
    """A day, or none."""
    return forms.DateField(
        label=_("due on"),
        required=False,
        help_text=help_text,
        widget=UnfoldAdminTextInputWidget(attrs={"type": "date"}),
    )


def cost_field(*, help_text: Any = "") -> forms.DecimalField:
    """What one unit costs."""
    return forms.DecimalField(
        label=_("unit cost"),
        min_value=0,
        max_digits=16,
        decimal_places=4,
        required=False,
        help_text=help_text,
        widget=UnfoldAdminDecimalFieldWidget,
    )


class PurchaseForm(forms.ModelForm):
    """One line of a supplier's order."""

    source_number = forms.CharField(
        label=_("number of the supplier's order"),
        max_length=CODE_LENGTH_MAX,
        required=False,
        help_text=_("Empty: a number of ours."),
        widget=UnfoldAdminTextInputWidget,
    )
    warehouse: Any = forms.ModelChoiceField(None, label=_("warehouse"), widget=UnfoldAdminSelectWidget)
    owner: Any = forms.ModelChoiceField(None, label=_("goods owner"), widget=UnfoldAdminSelectWidget)
    sku = forms.CharField(label=_("SKU code"), max_length=CODE_LENGTH_MAX, widget=UnfoldAdminTextInputWidget)
    quantity = units_field()
    unit_cost = cost_field()
    due_on = day_field()

    class Meta:
        model = SupplyLine
        fields = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("warehouse", "owner"):
            related: Any = LogicalStock._meta.get_field(name).related_model
            field: Any = self.fields[name]
            field.queryset = related.objects.order_by("code")

    def clean_sku(self) -> int:
        """The id of the SKU."""
        code = self.cleaned_data["sku"]
        found = skus_by_code([code])
        if code not in found:
            raise forms.ValidationError(_("The SKU does not exist."))
        return found[code].id


class ArrivalForm(forms.Form):
    """What came, and where it was put."""

    quantity = units_field()
    location = forms.CharField(label=_("location code"), max_length=CODE_LENGTH_MAX, widget=UnfoldAdminTextInputWidget)
    batch = forms.CharField(
        label=_("batch"), max_length=CODE_LENGTH_MAX, required=False, widget=UnfoldAdminTextInputWidget
    )
    unit_cost = cost_field(help_text=_("Empty: what was announced for it."))

    @staticmethod
    def initial_of(line: SupplyLine) -> dict[str, Any]:
        """Everything that is still to come."""
        return {"quantity": line.open_qty}

    def clean_location(self) -> int:
        """The id of the location."""
        code = self.cleaned_data["location"]
        found = locations_by_code([code])
        if code not in found:
            raise forms.ValidationError(_("The location does not exist."))
        return int(found[code].id)


class DayForm(forms.Form):
    """The new day."""

    due_on = day_field(help_text=_("Empty: not known."))


class OpenPresaleForm(forms.Form):
    """How many units may be sold before they come, and through which channel."""

    quantity = units_field()
    bucket = forms.ModelChoiceField(
        ChannelStock.objects.none(),
        label=_("channel stock"),
        required=False,
        help_text=_("Empty: for every channel that sells from this warehouse."),
        widget=UnfoldAdminSelectWidget,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["bucket"]
        field.queryset = ChannelStock.objects.filter(channel__isnull=False).select_related(
            "channel", "pool__logical__sku", "pool__logical__warehouse", "pool__logical__owner"
        )


class ClosePresaleForm(forms.Form):
    """How many units shall wait until they are there."""

    quantity = units_field()


class WhyForm(forms.Form):
    """Why the goods will not come."""

    reason = forms.CharField(label=_("reason"), max_length=200, required=False, widget=UnfoldAdminTextInputWidget)
