"""Looking at the statements a piece of code sends, and making ids of two namespaces equal."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection, models
from django.test.utils import CaptureQueriesContext
from django_tenants.utils import tenant_context

OVERHEAD = ("SET search_path", "SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO SAVEPOINT")
"""Statements that route and frame; a budget counts the others."""


@contextmanager
def statements() -> Iterator[list[str]]:
    """``with statements() as sent: …`` leaves in ``sent`` what was asked of the database, framing left out."""
    sent: list[str] = []
    with CaptureQueriesContext(connection) as captured:
        yield sent
    # Prepared statements are logged without their text.
    texts = [query["sql"] or "(prepared)" for query in captured.captured_queries]
    sent.extend(text for text in texts if not text.startswith(OVERHEAD))


def align_ids(namespaces: Sequence[Any], *tables: type[models.Model]) -> None:
    """Let the next row of each table get the same id in every one of the namespaces."""
    for model in tables:
        sequence = f"pg_get_serial_sequence('{model._meta.db_table}', 'id')"
        highest = 0
        for namespace in namespaces:
            with tenant_context(namespace), connection.cursor() as cursor:
                cursor.execute(f"SELECT nextval({sequence})")
                highest = max(highest, int(cursor.fetchone()[0]))
        for namespace in namespaces:
            with tenant_context(namespace), connection.cursor() as cursor:
                cursor.execute(f"SELECT setval({sequence}, %s)", [highest])
