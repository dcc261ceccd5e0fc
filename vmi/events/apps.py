"""App configuration of the event log."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EventsConfig(AppConfig):
    """The event log of a namespace."""

    name = "vmi.events"
    label = "events"
    verbose_name = _("Events")

    def ready(self) -> None:
        """Register the system checks of the catalogue and the subscriptions."""
        from vmi.events import checks  # noqa: F401
