"""Reading a warehouse system's picture of its stock: shape only, no database."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from vmi.core.fields import QUANTITY_MAX
from warehousing.wms.inbound import SEQ_MAX, BadEventError, instant, integer, text

ROWS_MAX: Final = 500_000
"""Rows of one picture: a large warehouse; over HTTP the size of the body ends it before."""

QUALITIES: Final = {"qualified": 1, "pending": 2, "locked": 3}
"""The words for quality and the figures the stock core knows them by."""

StockRow = tuple[str, str, str, str, int, int]
"""SKU, owner, location, batch, quality, quantity."""

_FIELDS: Final = frozenset(("seq", "takenAt", "complete", "rows"))
_ROW_FIELDS: Final = frozenset(("sku", "owner", "location", "batch", "quality", "quantity"))


@dataclass(frozen=True, slots=True)
class StockPicture:
    """One well-formed picture. ``is_complete``: places it does not name hold nothing."""

    seq: int
    taken_at: datetime
    is_complete: bool
    rows: list[StockRow]


@dataclass(frozen=True, slots=True)
class StockAnswer:
    """What became of a picture; figures are rows."""

    seq: int
    state: str
    rows: int
    applied: int
    explained: int
    review: int
    unknown: int


def parse_stock(raw: Any) -> StockPicture:
    """The picture of a call or a file; raises BadEventError with the code and the field."""
    if not isinstance(raw, dict):
        raise BadEventError("invalid_snapshot", "body")
    _refuse_unknown(raw, _FIELDS, "")
    complete, rows = raw.get("complete", False), raw.get("rows")
    if not isinstance(complete, bool):
        raise BadEventError("invalid_field", "complete")
    if not isinstance(rows, list) or not 1 <= len(rows) <= ROWS_MAX:
        raise BadEventError("invalid_field", "rows")
    return StockPicture(
        seq=integer(raw, "seq", low=0, high=SEQ_MAX),
        taken_at=instant(raw, "takenAt"),
        is_complete=complete,
        rows=[_row(row, index) for index, row in enumerate(rows)],
    )


def _row(raw: Any, index: int) -> StockRow:
    if not isinstance(raw, dict):
        raise BadEventError("invalid_field", f"rows[{index}]")
    _refuse_unknown(raw, _ROW_FIELDS, f"rows[{index}].")
    quality = QUALITIES.get(str(raw.get("quality", "qualified")))
    if quality is None:
        raise BadEventError("invalid_field", f"rows[{index}].quality")
    try:
        return (
            text(raw, "sku", limit=64, required=True),
            text(raw, "owner", limit=64, required=True),
            text(raw, "location", limit=64, required=True),
            text(raw, "batch", limit=64),
            quality,
            integer(raw, "quantity", low=0, high=QUANTITY_MAX),
        )
    except BadEventError as bad:
        raise BadEventError(bad.reason, f"rows[{index}].{bad.param}") from None


def _refuse_unknown(raw: dict[str, Any], known: frozenset[str], where: str) -> None:
    unknown = sorted(str(name) for name in set(raw) - known)
    if unknown:
        raise BadEventError("unknown_field", f"{where}{unknown[0][:64]}")
