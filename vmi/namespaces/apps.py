"""Django configuration of namespaces."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NamespacesConfig(AppConfig):
    """Registers the kernel's system checks."""

    name = "vmi.namespaces"
    label = "namespaces"
    verbose_name = _("Namespaces")

    def ready(self) -> None:
        from vmi.core import checks

        checks.register_all()
