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
        """Subscribe the handlers and register the proofs of ``manage.py reconcile``."""
        from orders import handlers, proofs

        handlers.load()
        proofs.register()
