"""Django configuration of the payments app (nested in orders, label ``payments``)."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PaymentsConfig(AppConfig):
    """Payments and refunds."""

    name = "orders.payments"
    label = "payments"
    verbose_name = _("Payments")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Subscribe the handlers and register the proofs of ``manage.py reconcile``."""
        from orders.payments import handlers, proofs, tasks

        handlers.load()
        proofs.register()
        tasks.load()
