"""What facts conclude about a safety stock: too low, too high or fitting, and the days of cover that would serve.

Plain values in, a judgement with its evidence out (S001-23, S001-24).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from statistics import fmean, pvariance
from typing import Any, Final

from inventory.choices import SafetyVerdict
from inventory.models.safety import normal_part, target_of
from inventory.selectors.safety_facts import Day, Facts
from inventory.services.safety_backtest import Replay, replay
from inventory.services.safety_rows import PolicyRow

PROPOSED_DAYS_MAX: Final = 60
"""Most days of cover a review proposes."""

LEAD_DAYS_ASSUMED: Final = 7
"""Days a delivery takes where none was observed."""

IDLE_SHARE: Final = Decimal("0.8")
"""From this share of idle days on a safety stock that was never needed is too high."""

_TENTH = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict with the days and the target it proposes (the present ones if they fit), and its evidence."""

    verdict: SafetyVerdict
    current_days: Decimal | None
    proposed_days: int
    proposed_target: int
    evidence: dict[str, Any]


def judge(policy: PolicyRow, facts: Facts, *, average: Decimal, period_days: int) -> Judgement:
    """Judge a policy by the last ``period_days`` of its days, and by the replay of all of them.

    ``average`` is the daily outbound a new target would count with. Facts hold at least one day.
    """
    wanted = demand(facts.days)
    lead = facts.supply.lead_days
    lead_days = LEAD_DAYS_ASSUMED if lead is None else int(lead.to_integral_value(ROUND_CEILING))
    period = facts.days[-period_days:]
    now = replay(wanted, target=policy.target_qty, lead_days=lead_days)
    days, needed = _enough(policy, wanted, average, lead_days)
    current = _current_days(policy, average)
    verdict = _verdict(policy.target_qty, needed.target, now, period)
    if verdict is SafetyVerdict.TOO_LOW and needed.target <= policy.target_qty:
        days = min(_whole(current) + 1, PROPOSED_DAYS_MAX)
        needed = replay(wanted, target=_target(policy, days, average), lead_days=lead_days)
        verdict = verdict if needed.target > policy.target_qty else SafetyVerdict.FITS
    if verdict is SafetyVerdict.FITS:
        days, needed = _whole(current), now
    evidence = {
        **_period_figures(period),
        "supply": {
            "lines": facts.supply.lines,
            "late_lines": facts.supply.late_lines,
            "late_days": str(facts.supply.late_days),
            "lead_days": lead_days,
            "is_assumed": lead is None,
        },
        "backtest": {"days": len(wanted), "current": now.as_json(), "proposed": needed.as_json()},
    }
    return Judgement(verdict, current, days, needed.target, evidence)


def demand(days: Sequence[Day]) -> list[int]:
    """Units wanted day by day: what was sent, and what was refused as far as it can be believed.

    Refusals of a day count up to the units of the busiest day, or one for each buyer: somebody who asked for a
    million shall not set the safety stock.
    """
    busiest = max(day.outbound for day in days)
    return [day.outbound + min(day.refused, max(busiest, day.refused_buyers)) for day in days]


def _verdict(current: int, needed: int, now: Replay, period: Sequence[Day]) -> SafetyVerdict:
    """Too low when stock ran out, or was released, refused or would have run out where more was needed.

    Too high when it was idle.
    """
    ran_out = any(day.ran_out for day in period)
    troubled = ran_out or now.stock_out_days > 0 or any(day.releases or day.refused for day in period)
    if ran_out or (troubled and needed > current):
        return SafetyVerdict.TOO_LOW
    idle = Decimal(sum(day.is_idle for day in period)) / len(period)
    if not troubled and needed < current and idle >= IDLE_SHARE:
        return SafetyVerdict.TOO_HIGH
    return SafetyVerdict.FITS


def _enough(policy: PolicyRow, wanted: Sequence[int], average: Decimal, lead_days: int) -> tuple[int, Replay]:
    """The fewest whole days of cover with the fewest days of stock-out in the replay."""
    best: tuple[int, Replay] | None = None
    for days in range(PROPOSED_DAYS_MAX + 1):
        tried = replay(wanted, target=_target(policy, days, average), lead_days=lead_days)
        if best is None or tried.stock_out_days < best[1].stock_out_days:
            best = (days, tried)
        if not tried.stock_out_days or not average:
            break
    assert best is not None  # noqa: S101 - the range is not empty
    return best


def _target(policy: PolicyRow, days: int, average: Decimal) -> int:
    """What so many days of cover make with the policy's extras."""
    return target_of(normal_part(None, days, average), policy.emergency_percent, policy.supplier_risk_percent)


def _current_days(policy: PolicyRow, average: Decimal) -> Decimal | None:
    """The policy's days of cover; what its units cover at this average; None when nothing leaves."""
    if policy.cover_days is not None:
        return Decimal(policy.cover_days)
    if not average:
        return None
    return (Decimal(policy.normal_units or 0) / average).quantize(_TENTH, ROUND_HALF_UP)


def _whole(days: Decimal | None) -> int:
    """Days of cover as a proposal writes them."""
    return min(int((days or Decimal(0)).to_integral_value(ROUND_CEILING)), PROPOSED_DAYS_MAX)


def _period_figures(period: Sequence[Day]) -> dict[str, Any]:
    """What happened in the period."""
    outbound = [day.outbound for day in period]
    return {
        "days": len(period),
        "releases": sum(day.releases for day in period),
        "released_units": sum(day.released_units for day in period),
        "stock_outs": sum(day.stock_outs for day in period),
        "refused_units": sum(day.refused for day in period),
        "refused_buyers": sum(day.refused_buyers for day in period),
        "idle_days": sum(day.is_idle for day in period),
        "average_outbound": str(Decimal(fmean(outbound)).quantize(_TENTH, ROUND_HALF_UP)),
        "variance": str(Decimal(pvariance(outbound)).quantize(_TENTH, ROUND_HALF_UP)),
    }
