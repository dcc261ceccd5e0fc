"""What commands on quotas are asked, and what they answer: plain values."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from inventory.choices import Purpose
from vmi.core.exceptions import InvalidRequest
from vmi.core.fields import QUANTITY_MAX

LINES_MAX = 200
"""Lines of one document on quotas: each may touch several buckets."""


@dataclass(frozen=True, slots=True)
class Target:
    """A bucket by what it is for: the quota of ``channel_id`` alone, or (None) what the channels of the pool share."""

    purpose: Purpose = Purpose.NORMAL
    channel_id: int | None = None


@dataclass(frozen=True, slots=True)
class QuotaLine:
    """Units of a logical row for a bucket, which is created when missing.

    They come from ``from_bucket_id``, from the unsold part of ``from_pool_id``, or else from what no pool holds.
    Instead of ``units`` a ``percent`` makes a channel's quota follow its pool. ``priority`` is given to a pool that
    is created; ``effective_from`` and ``effective_to`` to a channel's bucket. ``from_exclusive``: the giving bucket
    may be one that a channel has for itself (S001-29).
    """

    line_no: int
    logical_id: int
    target: Target = Target()
    units: int | None = None
    percent: int | None = None
    from_bucket_id: int | None = None
    from_pool_id: int | None = None
    from_exclusive: bool = False
    priority: int = 0
    effective_from: datetime | None = None
    effective_to: datetime | None = None


@dataclass(frozen=True, slots=True)
class QuotaReturn:
    """Unsold units of a bucket (``units`` empty: all of them) to the default pool's shared bucket.

    ``unassign``: to no pool at all.
    """

    line_no: int
    bucket_id: int
    units: int | None = None
    unassign: bool = False


@dataclass(frozen=True, slots=True)
class QuotaMove:
    """Unsold units of one bucket for another of the same logical row, which is created when missing."""

    line_no: int
    from_bucket_id: int
    units: int
    target: Target = Target()
    from_exclusive: bool = False


@dataclass(frozen=True, slots=True)
class Effect:
    """What a command did to one bucket, in units; ``channel_id`` empty: shared."""

    bucket_id: int
    logical_id: int
    purpose: Purpose
    channel_id: int | None
    quota_before: int
    quota_after: int
    sellable_before: int
    sellable_after: int


Line = QuotaLine | QuotaReturn | QuotaMove


def check_lines(lines: Sequence[Line]) -> None:
    """Refuse an empty or endless document, and figures or targets that no line may have. Raises InvalidRequest."""
    if not 1 <= len(lines) <= LINES_MAX:
        raise InvalidRequest(
            _("Between 1 and %(max)s lines fit into one call."),
            code="too_many_items",
            param="lines",
            details={"max": LINES_MAX},
        )
    for index, line in enumerate(lines):
        if line.units is not None and not 1 <= line.units <= QUANTITY_MAX:
            raise InvalidRequest(
                _("This quantity is out of bounds."), code="quantity_invalid", param=f"lines[{index}].units"
            )
        if not isinstance(line, QuotaReturn) and line.target.purpose == Purpose.INTERNAL:
            raise InvalidRequest(
                _("Goods for internal use are promised by their documents."),
                code="purpose_internal",
                param=f"lines[{index}].purpose",
            )
        if isinstance(line, QuotaLine):
            _check_grant(line, index)


def _check_grant(line: QuotaLine, index: int) -> None:
    """A grant has units or a percentage; a percentage needs a channel and takes from its own pool."""
    if (line.units is None) == (line.percent is None):
        raise InvalidRequest(
            _("Give either units or a percentage."), code="units_or_percent", param=f"lines[{index}].units"
        )
    if line.percent is not None:
        follows = line.target.channel_id is not None and line.from_bucket_id is None and line.from_pool_id is None
        if not 0 <= line.percent <= 100 or not follows:
            raise InvalidRequest(
                _("A percentage from 0 to 100 lets a channel's quota follow its own pool."),
                code="percent_invalid",
                param=f"lines[{index}].percent",
            )
    if line.effective_from and line.effective_to and line.effective_from >= line.effective_to:
        raise InvalidRequest(
            _("The end must be after the beginning."), code="window_invalid", param=f"lines[{index}].effectiveTo"
        )
    if line.target.channel_id is None and (line.effective_from or line.effective_to):
        raise InvalidRequest(
            _("Only a channel's own quota has a time window."),
            code="window_shared",
            param=f"lines[{index}].effectiveFrom",
        )
