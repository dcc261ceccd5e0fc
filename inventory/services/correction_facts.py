"""What proposed corrections are judged by: the entries behind a counter, and the logical row below a row."""

from collections.abc import Iterable, Sequence
from typing import Any

from inventory.choices import Counter, Layer
from vmi.core.db import fetch_all

Key = tuple[Layer, int, Counter]
"""One counter of one row."""


def counter_facts(keys: Sequence[Key]) -> dict[Key, dict[str, Any]]:
    """What the ledger says about counters: how many entries, their sum, the last of them."""
    if not keys:
        return {}
    params = {
        "layers": [int(key[0]) for key in keys],
        "ids": [key[1] for key in keys],
        "counters": [int(key[2]) for key in keys],
    }
    rows = fetch_all(_FACTS, params)
    return {
        (Layer(row.pop("layer")), row.pop("row_id"), Counter(row.pop("counter"))): {
            **row,
            "last_at": row["last_at"].isoformat(),
        }
        for row in rows
    }


def logical_of(keys: Iterable[Key]) -> dict[tuple[Layer, int], int]:
    """The logical row under each of these buckets and physical rows."""
    rows = {(layer, row_id) for layer, row_id, _counter in keys}
    params = {
        "buckets": [row_id for layer, row_id in rows if layer == Layer.CHANNEL],
        "places": [row_id for layer, row_id in rows if layer == Layer.PHYSICAL],
    }
    if not any(params.values()):
        return {}
    return {(Layer(row["layer"]), row["id"]): row["logical_id"] for row in fetch_all(_ABOVE, params)}


_FACTS = """
    SELECT layer, row_id, counter, count(*) AS entries, sum(delta)::bigint AS total, max(version) AS last_version,
           max(at) AS last_at
    FROM inventory_ledgerentry
    JOIN (SELECT DISTINCT * FROM unnest(%(layers)s::smallint[], %(ids)s::bigint[], %(counters)s::smallint[])
              AS a(layer, row_id, counter)) asked USING (layer, row_id, counter)
    GROUP BY layer, row_id, counter
"""

_ABOVE = f"""
    SELECT {int(Layer.CHANNEL)} AS layer, c.id, p.logical_id
    FROM inventory_channelstock c JOIN inventory_allocationpool p ON p.id = c.pool_id
    WHERE c.id = ANY(%(buckets)s::bigint[])
    UNION ALL
    SELECT {int(Layer.PHYSICAL)}, id, logical_id FROM inventory_physicalstock WHERE id = ANY(%(places)s::bigint[])
"""  # noqa: S608 - built from fixed names only
