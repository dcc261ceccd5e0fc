"""Django configuration of credits."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CreditsConfig(AppConfig):
    """Credits of members."""

    name = "credits"
    label = "credits"
    verbose_name = _("Credits")
