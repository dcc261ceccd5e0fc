"""App configuration of the embedded services."""

from django.apps import AppConfig


class EmbeddedConfig(AppConfig):
    """No tables; brings the ``run`` command."""

    name = "vmi.embedded"
    label = "embedded"
