"""Booking many differences at once: one statement a layer, its rows from a temporary table.

For rows whose goods are all sold through the shared bucket of the default pool: there found and missing units move
bucket, pool, base and place alike, so that no plan is needed. Every guard of a single movement stands here as well.
"""

from inventory.choices import Counter, DifferenceState, Layer
from inventory.exceptions import StockBusy
from inventory.services.movement import Context, bulk_statement, context_params
from vmi.core.db import fetch_all

_BASE, _LOCKED, _QUANTITY = int(Counter.BASE), int(Counter.LOCKED), int(Counter.QUANTITY)

_BUCKETS = f"""
    SELECT bucket_id AS id, 0 AS line_no, good AS d{int(Counter.BASE_QUOTA)} FROM wms_logical WHERE plain AND good <> 0
"""  # noqa: S608 - built from fixed names only

_POOLS = f"""
    SELECT pool_id AS id, 0 AS line_no, good AS d{int(Counter.QUOTA)} FROM wms_logical WHERE plain AND good <> 0
"""  # noqa: S608 - built from fixed names only

_LOGICAL = f"""
    SELECT logical_id AS id, 0 AS line_no, base AS d{_BASE}, locked AS d{_LOCKED}
    FROM wms_logical WHERE plain AND (base <> 0 OR locked <> 0)
"""  # noqa: S608 - built from fixed names only

_PLACES = f"""
    SELECT f.physical_id AS id, 0 AS line_no, f.difference AS d{_QUANTITY}
    FROM wms_found f JOIN wms_logical g ON g.logical_id = f.logical_id
    WHERE f.state = {int(DifferenceState.APPLIED)} AND g.plain
"""  # noqa: S608 - built from fixed names only

_WANTED: tuple[tuple[Layer, tuple[Counter, ...], str], ...] = (
    (Layer.CHANNEL, (Counter.BASE_QUOTA,), _BUCKETS),
    (Layer.POOL, (Counter.QUOTA,), _POOLS),
    (Layer.LOGICAL, (Counter.BASE, Counter.LOCKED), _LOGICAL),
    (Layer.PHYSICAL, (Counter.QUANTITY,), _PLACES),
)
"""What each layer wants, in the fixed order of layers."""


def book_plain(context: Context) -> None:
    """Book the plain rows of ``wms_logical`` on all four layers; StockBusy when a sale took the units meanwhile."""
    for layer, counters, wanted in _WANTED:
        # Nobody changes the default pool's quota without its shared bucket, which the statement before has locked.
        statement = bulk_statement(layer, counters, wanted, is_locked=layer == Layer.POOL)
        (row,) = fetch_all(statement, context_params(context))
        if row["moved"] != row["wanted"]:
            raise StockBusy
