"""What the records of safety stock must agree on; every row a proof returns is a difference."""

from collections.abc import Mapping
from typing import Any

from inventory.choices import SafetyStep
from vmi.core.db import fetch_all


def safety_that_disagrees() -> list[Mapping[str, Any]]:
    """Policies whose released units are not the open parts of their releases, or that withhold more than they want."""
    return list(fetch_all(_DISAGREE))


_DISAGREE = f"""
    WITH open AS (
        SELECT policy_id, sum(CASE step WHEN {int(SafetyStep.RELEASE)} THEN quantity ELSE -quantity END) AS units
        FROM inventory_safetyrelease GROUP BY policy_id
    )
    SELECT 'inventory_safetypolicy' AS "table", p.id AS row_id, 'released_qty' AS "column",
           p.released_qty AS actual, coalesce(o.units, 0)::int AS expected
    FROM inventory_safetypolicy p LEFT JOIN open o ON o.policy_id = p.id
    WHERE p.released_qty <> coalesce(o.units, 0)
    UNION ALL
    SELECT 'inventory_logicalstock', l.id, 'safety_qty', l.safety_qty,
           greatest(p.target_qty - p.released_qty, 0)
    FROM inventory_logicalstock l JOIN inventory_safetypolicy p ON p.logical_id = l.id
    WHERE l.safety_qty > greatest(p.target_qty - p.released_qty, 0)
    ORDER BY 1, 2
"""  # noqa: S608 - built from fixed names only
