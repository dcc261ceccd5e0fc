"""Django configuration of the orders app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OrdersConfig(AppConfig):
    """Orders and returns."""

    name = "orders"
    label = "orders"
    verbose_name = _("Orders")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Subscribe the handlers, register the proofs of ``manage.py reconcile``, offer the stock core the way back."""
        from inventory.hooks import register_call_off
        from orders import handlers, proofs
        from orders.services.cancel import call_off

        register_call_off(call_off)
        handlers.load()
        proofs.register()
