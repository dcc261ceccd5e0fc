"""Where a namespace's schema lives. On one PostgreSQL there is nothing to decide.

On a database that spreads schemas over servers (Citus: ``citus_schema_distribute``) the function here
hands the finished schema over; it is called after cloning and before the namespace answers.
"""

from django.db import connection

from vmi.core.db import fetch_all
from vmi.core.tenancy import PUBLIC_SCHEMA, run_in_namespace


def distribute(schema_name: str) -> bool:
    """Place the schema and return whether anything had to be done; repeating it is harmless."""
    with run_in_namespace(PUBLIC_SCHEMA):
        if not fetch_all("SELECT 1 FROM pg_extension WHERE extname = 'citus'"):
            return False
        placed = fetch_all("SELECT 1 FROM citus_schemas WHERE schema_name = %s::regnamespace", [schema_name])
        if placed:
            return False
        with connection.cursor() as cursor:
            cursor.execute("SELECT citus_schema_distribute(%s::regnamespace)", [schema_name])
    return True
