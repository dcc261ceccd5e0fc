"""App configuration of the event log."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EventsConfig(AppConfig):
    """The event log of a namespace."""

    name = "vmi.events"
    label = "events"
    verbose_name = _("Events")

    def ready(self) -> None:
        """Register the checks, and the log as the place where changes of master data are reported."""
        from vmi.core.admin.history import register_history
        from vmi.core.audit import register_audit_sink
        from vmi.core.health import register_probe
        from vmi.events import checks, health, history, opening, services
        from vmi.namespaces.opening import prepare_namespace_with

        checks.register_all()
        register_audit_sink(services.audit)
        register_history(history.rows_of)
        register_probe("outbox", health.probe_outbox)
        prepare_namespace_with("events", opening.record_opening)
