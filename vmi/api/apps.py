"""App configuration of the HTTP edge."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApiConfig(AppConfig):
    """Idempotency keys and refresh tokens of a namespace."""

    name = "vmi.api"
    label = "api"
    verbose_name = _("API")

    def ready(self) -> None:
        """Teach the schema generator our fields and authentication."""
        from vmi.api import schema_extensions  # noqa: F401
