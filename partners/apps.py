"""Django configuration of partners."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PartnersConfig(AppConfig):
    """Members and their levels."""

    name = "partners"
    label = "partners"
    verbose_name = _("Members")
