"""Forms of the back office that ask for more than a model's columns."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminTextInputWidget

from warehousing.models import Shelf, Warehouse, WmsConnection
from warehousing.services.connection import SECRET_LENGTH_MIN
from warehousing.services.shelf import LEVELS_MAX, SLOTS_MAX


class WarehouseForm(forms.ModelForm):
    """A warehouse; code and number are given by the system when left empty."""

    class Meta:
        """The columns people write."""

        model = Warehouse
        fields = ("code", "number", "name", "description", "address", "contact", "phone", "difference_limit")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("code", "number", "difference_limit"):
            if name in self.fields:
                self.fields[name].required = False

    def clean_difference_limit(self) -> int:
        """Left empty it stays as it is."""
        limit: int | None = self.cleaned_data["difference_limit"]
        return self.instance.difference_limit if limit is None else limit


class RackForm(forms.ModelForm):
    """A new shelf with all its locations in one action (S001-3)."""

    levels = forms.IntegerField(
        label=_("levels"), min_value=1, max_value=LEVELS_MAX, initial=1, widget=UnfoldAdminIntegerFieldWidget
    )
    slots = forms.IntegerField(
        label=_("slots per level"), min_value=1, max_value=SLOTS_MAX, initial=1, widget=UnfoldAdminIntegerFieldWidget
    )

    class Meta:
        """The columns of the shelf people write."""

        model = Shelf
        fields = ("zone", "rack", "capacity", "description")

    def clean(self) -> dict[str, Any]:
        """The warehouse is the zone's."""
        cleaned = super().clean() or self.cleaned_data
        zone = cleaned.get("zone")
        if zone is not None:
            self.instance.warehouse_id = zone.warehouse_id
        return cleaned


class LocationForm(forms.Form):
    """Where on a rack one more location is."""

    level = forms.IntegerField(
        label=pgettext_lazy("rack", "level"), min_value=1, max_value=99, widget=UnfoldAdminIntegerFieldWidget
    )
    slot = forms.IntegerField(label=_("slot"), min_value=1, max_value=99, widget=UnfoldAdminIntegerFieldWidget)


class ParcelForm(forms.Form):
    """Who carries a parcel."""

    company = forms.CharField(label=_("carrier"), max_length=64, widget=UnfoldAdminTextInputWidget)
    tracking_no = forms.CharField(label=_("tracking number"), max_length=64, widget=UnfoldAdminTextInputWidget)


def _found_out() -> forms.CharField:
    return forms.CharField(
        label=_("reason"),
        max_length=200,
        help_text=_("Whom you asked, and what they said."),
        widget=UnfoldAdminTextInputWidget,
    )


class HeldBackForm(forms.Form):
    """How a person knows that goods are still there."""

    reason = _found_out()


class LeftForm(ParcelForm):
    """The parcel goods left with, and how a person knows."""

    reason = _found_out()


class ConnectionForm(forms.ModelForm):
    """A link to a warehouse system; the secret is written here and shown nowhere."""

    secret = forms.CharField(
        label=_("secret"),
        required=False,
        min_length=SECRET_LENGTH_MIN,
        max_length=200,
        help_text=_("Signs both directions. Change it later by the rotation action."),
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
    )

    class Meta:
        """The columns people write."""

        model = WmsConnection
        fields = ("code", "warehouse", "mode", "endpoint", "secret", "is_enabled")
