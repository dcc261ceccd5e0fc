"""Configuration of the stores app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class StoresConfig(AppConfig):
    """Stores, listings and stock documents."""

    name = "stores"
    label = "stores"
    verbose_name = _("Stores")

    def ready(self) -> None:
        """Subscribe to the events this app reacts to."""
        from stores import handlers  # noqa: F401
