"""App configuration of the kernel without tables."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    """Commands, checks, templates' helpers and health probes; no tables."""

    name = "vmi.core"
    label = "core"

    def ready(self) -> None:
        """Register the probes every installation has."""
        from vmi.core import health

        health.register_probe("database", health.probe_database)
        health.register_probe("migrations", health.probe_migrations)
        health.register_probe("broker", health.probe_broker)
        health.register_probe("jobs", health.probe_heartbeat)
