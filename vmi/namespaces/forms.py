"""The form that opens a namespace."""

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from vmi.core.exceptions import DomainError
from vmi.namespaces.administrators import DEFAULT_NAME
from vmi.namespaces.models import Namespace
from vmi.namespaces.services import check_registration


class AdministratorForm(forms.Form):
    """The name somebody will sign in by."""

    username = forms.CharField(
        label=_("username"),
        initial=DEFAULT_NAME,
        max_length=150,
        validators=[UnicodeUsernameValidator()],
        widget=UnfoldAdminTextInputWidget,
    )


class TimeZoneField(forms.ChoiceField):
    """The zones this machine knows, by region; the old names of single countries are left out."""

    def __init__(self, **options: Any) -> None:
        zones = [(zone, zone) for zone in sorted(available_timezones()) if "/" in zone or zone == "UTC"]
        super().__init__(choices=zones, widget=UnfoldAdminSelectWidget, **options)


class OpenNamespaceForm(forms.ModelForm[Namespace]):
    """Name, host, currency, zone and language; the rest is made by the opening."""

    domain = forms.CharField(
        label=_("domain"),
        help_text=_("Host name without port, for example shop.example.com."),
        max_length=253,
        widget=UnfoldAdminTextInputWidget,
    )
    language = forms.ChoiceField(label=_("language"), choices=settings.LANGUAGES, widget=UnfoldAdminSelectWidget)

    class Meta:
        model = Namespace
        fields = ("schema_name", "name", "currency", "time_zone", "language")

    def clean(self) -> dict[str, Any]:
        """Ask the service's own rules and show its refusal at the field it is about."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if self.errors:
            return values
        try:
            check_registration(
                schema_name=values["schema_name"],
                domain=values["domain"],
                currency=values["currency"],
                time_zone=values["time_zone"],
                language=values["language"],
            )
        except DomainError as error:
            self.add_error(error.param if error.param in self.fields else None, str(error))
        return values
