"""UNIQUE constraints of a clone get the names they have in the template.

``CREATE TABLE … (LIKE … INCLUDING ALL)`` names them by its own rule (measured); refusals and later migrations
know them by the name of the model's ``Meta``.
"""

from django.db import connection

_DIFFERING = """
    SELECT copy_table.relname, copy.conname, original.conname
      FROM pg_constraint original
      JOIN pg_class original_table ON original_table.oid = original.conrelid
      JOIN pg_class copy_table ON copy_table.relname = original_table.relname
      JOIN pg_constraint copy ON copy.conrelid = copy_table.oid AND copy.contype = original.contype
       AND pg_get_constraintdef(copy.oid) = pg_get_constraintdef(original.oid)
     WHERE original.contype = 'u' AND copy.conname <> original.conname
       AND original_table.relnamespace = %s::regnamespace AND copy_table.relnamespace = %s::regnamespace
"""


def restore_constraint_names(template: str, schema: str) -> int:
    """Rename what differs in ``schema``; returns how many. Run in the transaction that cloned it."""
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        cursor.execute(_DIFFERING, [template, schema])
        differing = cursor.fetchall()
        for table, name, wanted in differing:
            cursor.execute(
                f"ALTER TABLE {quote(schema)}.{quote(table)} RENAME CONSTRAINT {quote(name)} TO {quote(wanted)}"
            )
    return len(differing)
