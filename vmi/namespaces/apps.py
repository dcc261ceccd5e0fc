"""Django configuration of namespaces."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NamespacesConfig(AppConfig):
    """Registers the kernel's system checks and the probe of the periodic jobs."""

    name = "vmi.namespaces"
    label = "namespaces"
    verbose_name = _("Namespaces")

    def ready(self) -> None:
        """Register checks and probe."""
        from vmi.core import checks, health
        from vmi.namespaces import jobs

        checks.register_all()
        health.register_probe("namespace jobs", jobs.probe_jobs)
