"""The database wrapper; with real servers it is Django's own."""

from typing import Any

from django.db.backends.postgresql import base

from vmi.embedded.services import ensure_configured


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's PostgreSQL wrapper, preceded by a look at the embedded services."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Connect, starting the embedded services first where they are configured."""
        ensure_configured()
        return super().get_new_connection(conn_params)
