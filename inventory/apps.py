"""Django configuration of the inventory centre."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InventoryConfig(AppConfig):
    """Registers event handlers, proofs and the shelf-usage port at start."""

    name = "inventory"
    label = "inventory"
    verbose_name = _("Inventory centre")

    def ready(self) -> None:
        """Subscribe the handlers, offer the ports."""
        from inventory import handlers, ports  # noqa: F401 - importing the handlers subscribes them

        ports.register()
