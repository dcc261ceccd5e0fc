"""The bounds of every row as SQL, proved again in case a CHECK was dropped; and promises on rows that are gone."""

from inventory.choices import COLUMNS, Counter, Layer
from inventory.services.movement import TABLES

_BUCKET = TABLES[Layer.CHANNEL]
_INVARIANTS = {Layer.CHANNEL: "I5", Layer.POOL: "I4", Layer.LOGICAL: "I3", Layer.PHYSICAL: "I2", Layer.SHARE: "I5"}


def _not_negative(layer: Layer, table: str) -> tuple[str, str, str, str]:
    """No counter of a layer lies below zero."""
    counters = [counter for counter in Counter if counter.layer == layer]
    values = ", ".join(f"('{COLUMNS[counter]}', t.{COLUMNS[counter]})" for counter in counters)
    return (
        _INVARIANTS[layer],
        table,
        "",
        f"""
        SELECT t.id, v.name AS column, v.amount AS actual, 0 AS expected
        FROM {table} t CROSS JOIN LATERAL (VALUES {values}) AS v(name, amount) WHERE v.amount < 0 ORDER BY 1, 2
        """,  # noqa: S608 - built from fixed names only
    )


def _within(invariant: str, table: str, promised: str, bound: str) -> tuple[str, str, str, str]:
    """What is promised stays within its bound."""
    return (
        invariant,
        table,
        promised,
        f"SELECT id, {promised} AS actual, {bound} AS expected FROM {table} WHERE {promised} > {bound} ORDER BY id",  # noqa: S608
    )


def _orphans(table: str, column: str, target: str) -> tuple[str, str, str, str]:
    """A reference that the database does not check leads to a row (0 is expected where it does not)."""
    return (
        "I6",
        table,
        column,
        f"""
        SELECT r.id, r.{column} AS actual, 0 AS expected FROM {table} r LEFT JOIN {target} t ON t.id = r.{column}
        WHERE r.{column} IS NOT NULL AND t.id IS NULL ORDER BY r.id
        """,  # noqa: S608 - built from fixed names only
    )


BOUNDS = (
    *(_not_negative(layer, table) for layer, table in TABLES.items()),
    _within("I5", _BUCKET, "oversold_held_qty + oversold_sold_qty", "oversell_limit_qty"),
    _within("I5", _BUCKET, "presale_held_qty + presale_sold_qty", "presale_qty"),
    _within("I5", TABLES[Layer.SHARE], "used_qty", "cap_qty"),
    _within("I2", TABLES[Layer.PHYSICAL], "held_qty", "quantity"),
    _within("I7", "inventory_supplyline", "received_qty + closed_qty + presale_qty", "expected_qty"),
    _orphans("inventory_reservation", "bucket_id", _BUCKET),
    _orphans("inventory_reservation", "channel_id", "inventory_channel"),
    _orphans("inventory_physicalhold", "bucket_id", _BUCKET),
)
