"""App configuration of the kernel without tables."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    """Commands, checks, templates' helpers and health probes; no tables."""

    name = "vmi.core"
    label = "core"

    def ready(self) -> None:
        """Register the probes every installation has; compile the catalogue when it is older than its text."""
        from vmi.core import health, messages

        messages.compile_catalogue()

        health.register_probe("database", health.probe_database)
        health.register_probe("migrations", health.probe_migrations)
        health.register_probe("broker", health.probe_broker)
        health.register_probe("jobs", health.probe_heartbeat)
