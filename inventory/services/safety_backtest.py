"""What a safety target would have done with the demand that really came: a plan on plain values (S001-24).

The replay is that of a shop that orders by the book and starts fully stocked. Every evening, when what it has and what
is on its way no longer cover the safety target and the demand of the lead time, it orders up to that plus the demand of
one cycle; the goods come after the lead time, in the morning. Safety units are sold when nothing else is left, as a
release would sell them.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from typing import Any, Final

CYCLE_DAYS: Final = 7
"""Days of demand one order buys beyond what it must cover."""

_TENTH = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class Replay:
    """How a target fared: days on which demand was not served in full, units not served, idle units on average.

    Idle is the part of the target that still lay there untouched in the evening.
    """

    target: int
    stock_out_days: int
    unserved_units: int
    average_idle_units: Decimal

    def as_json(self) -> dict[str, Any]:
        """Plain values; the average as a string with one digit."""
        return {**asdict(self), "average_idle_units": str(self.average_idle_units)}


def replay(daily_demand: Sequence[int], *, target: int, lead_days: int) -> Replay:
    """Replay the days, oldest first, against a safety target, with goods that come ``lead_days`` after their order."""
    days = len(daily_demand)
    if not days:
        return Replay(target, 0, 0, Decimal(0))
    average = Decimal(sum(daily_demand)) / days
    reorder_at = target + average * lead_days
    order_up_to = _ceil(reorder_at + average * CYCLE_DAYS)
    on_hand = order_up_to
    coming: dict[int, int] = {}
    out_days = unserved = idle = 0
    for day, demand in enumerate(daily_demand):
        on_hand += coming.pop(day, 0)
        served = min(demand, on_hand)
        on_hand -= served
        unserved += demand - served
        out_days += served < demand
        idle += min(on_hand, target)
        position = on_hand + sum(coming.values())
        if position <= reorder_at and order_up_to > position:
            arrival = day + max(lead_days, 1)
            coming[arrival] = coming.get(arrival, 0) + order_up_to - position
    return Replay(target, out_days, unserved, (Decimal(idle) / days).quantize(_TENTH, ROUND_HALF_UP))


def _ceil(value: Decimal) -> int:
    return int(value.to_integral_value(ROUND_CEILING))
