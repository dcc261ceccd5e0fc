"""Django configuration of the status table."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class StatusesConfig(AppConfig):
    """Registers the checks that compare the enumerations with the table."""

    name = "vmi.statuses"
    label = "statuses"
    verbose_name = _("Statuses")

    def ready(self) -> None:
        """Register both checks."""
        from vmi.statuses import checks

        checks.register_all()
