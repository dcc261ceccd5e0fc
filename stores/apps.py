"""Configuration of the stores app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class StoresConfig(AppConfig):
    """Stores, listings and stock documents."""

    name = "stores"
    label = "stores"
    verbose_name = _("Stores")

    def ready(self) -> None:
        """Subscribe to the events this app reacts to; tell the stock core what only stores know."""
        from inventory.hooks import register_channel_scope, register_store_minutes, register_transfer_route
        from stores import handlers, selectors  # noqa: F401

        register_store_minutes(selectors.order_hold_minutes_of)
        register_channel_scope(selectors.channels_visible_to)
        register_transfer_route(selectors.route_of)
