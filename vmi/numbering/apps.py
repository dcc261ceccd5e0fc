"""Django configuration of numbering."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NumberingConfig(AppConfig):
    """Codes and document numbers."""

    name = "vmi.numbering"
    label = "numbering"
    verbose_name = _("Numbering")
