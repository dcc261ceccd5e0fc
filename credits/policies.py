"""Rules of reward policies: reading the JSON, computing points, telling the rule in words. Pure, no database.

A rule is ``{"version": 1, "trigger": "order", "rate": "1", "rounding": "floor"}``: *rate* points per unit of the
namespace's currency, or ``"points": 100`` as a fixed grant. Optional: ``cap`` (most points one source may grant),
``minAmount`` (smallest amount that counts), ``exclusions`` (ids of levels and codes of members that get nothing)
and ``validity`` (``from`` ≤ instant < ``until``).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from credits.choices import CreditTrigger
from credits.exceptions import InvalidPolicy

POINTS_MAX = 1_000_000_000
"""Most points one entry may carry; keeps the account far inside bigint."""

RATE_MAX = Decimal(10_000)
LIST_MAX = 100
ROUNDINGS = {"floor": ROUND_FLOOR, "half_up": ROUND_HALF_UP, "ceil": ROUND_CEILING}
_CODE = re.compile(r"[\x21-\x7e]{1,64}")
KEYS = frozenset({"version", "trigger", "points", "rate", "cap", "rounding", "minAmount", "exclusions", "validity"})


@dataclass(frozen=True, slots=True)
class Rule:
    """A checked rule. Exactly one of ``points`` and ``rate`` is set."""

    trigger: CreditTrigger
    points: int | None = None
    rate: Decimal | None = None
    cap: int | None = None
    rounding: str = "floor"
    min_amount: Decimal = Decimal(0)
    levels: frozenset[int] = frozenset()
    partners: frozenset[str] = frozenset()
    valid_from: datetime | None = None
    valid_until: datetime | None = None

    def points_for(self, amount: Decimal | None) -> int:
        """Points granted for ``amount`` of currency (ignored by a fixed grant): rounded, capped, never negative."""
        if amount is not None and amount < self.min_amount:
            return 0
        if self.rate is None:
            granted = self.points or 0
        else:
            granted = int((self.rate * (amount or Decimal(0))).quantize(Decimal(1), rounding=ROUNDINGS[self.rounding]))
        return max(0, min(granted, self.cap if self.cap is not None else POINTS_MAX, POINTS_MAX))

    def covers(self, *, instant: datetime, level_id: int, partner_code: str) -> bool:
        """Whether the rule grants anything to this member at this instant."""
        if self.valid_from is not None and instant < self.valid_from:
            return False
        if self.valid_until is not None and instant >= self.valid_until:
            return False
        return level_id not in self.levels and partner_code not in self.partners


def points_to_reverse(*, earned: int, base: Decimal | None, returned: Decimal, reversed_before: int) -> int:
    """Points to take back when ``returned`` of ``base`` came back in all, ``reversed_before`` of them already taken.

    Proportional, kept points rounded down, so that a complete return takes back exactly what was earned.
    """
    if base is None or base <= 0 or returned >= base:
        return earned - reversed_before
    kept = int((earned * (base - returned) / base).quantize(Decimal(1), rounding=ROUND_FLOOR))
    return max(0, earned - kept - reversed_before)


def parse_rule(raw: Any) -> Rule:
    """Check a rule given as JSON; raises InvalidPolicy with the key in ``param``."""
    if not isinstance(raw, Mapping):
        raise InvalidPolicy(_("The policy must be an object."), param="policy")
    unknown = sorted(set(raw) - KEYS)
    if unknown:
        raise _refusal(str(unknown[0]), _("This key is not known."), code="unknown_field")
    if raw.get("version", 1) != 1 or isinstance(raw.get("version", 1), bool):
        raise _refusal("version", _("Only version 1 exists."))
    if ("points" in raw) == ("rate" in raw):
        raise _refusal("rate", _("Give either points or rate."))

    levels, partners = _exclusions(raw.get("exclusions"))
    valid_from, valid_until = _validity(raw.get("validity"))
    return Rule(
        trigger=_trigger(raw.get("trigger"), has_rate="rate" in raw),
        points=_whole(raw["points"], "points") if "points" in raw else None,
        rate=_decimal(raw["rate"], "rate", limit=RATE_MAX, positive=True) if "rate" in raw else None,
        cap=None if raw.get("cap") is None else _whole(raw["cap"], "cap"),
        rounding=_one_of(raw.get("rounding", "floor"), "rounding", ROUNDINGS),
        min_amount=_decimal(raw.get("minAmount", "0"), "minAmount", limit=Decimal(10**12), positive=False),
        levels=levels,
        partners=partners,
        valid_from=valid_from,
        valid_until=valid_until,
    )


def summary(rule: Rule) -> str:
    """The rule as one sentence in the reader's language."""
    if rule.rate is None:
        grant = _("%(points)s credits") % {"points": rule.points}
    else:
        grant = _("%(rate)s credits per unit of currency") % {"rate": f"{rule.rate.normalize():f}"}
    parts = [_("%(trigger)s: %(grant)s") % {"trigger": rule.trigger.label, "grant": grant}]
    if rule.cap is not None:
        parts.append(_("at most %(cap)s each time") % {"cap": rule.cap})
    if rule.min_amount:
        parts.append(_("from an amount of %(amount)s") % {"amount": rule.min_amount})
    if rule.valid_from is not None:
        parts.append(_("from %(instant)s") % {"instant": rule.valid_from.isoformat()})
    if rule.valid_until is not None:
        parts.append(_("until %(instant)s") % {"instant": rule.valid_until.isoformat()})
    if rule.levels or rule.partners:
        parts.append(_("with %(count)s exclusions") % {"count": len(rule.levels) + len(rule.partners)})
    return str(_("; ")).join(parts)


def _refusal(key: str, message: str | Promise, *, code: str | None = None, **figures: Any) -> InvalidPolicy:
    return InvalidPolicy(message, code=code, param=f"policy.{key}", details=figures)


def _trigger(value: Any, *, has_rate: bool) -> CreditTrigger:
    trigger = CreditTrigger(_one_of(value, "trigger", CreditTrigger.values))
    if has_rate and trigger == CreditTrigger.REGISTER:
        raise _refusal("rate", _("A registration has no amount; give points."))
    return trigger


def _one_of(value: Any, key: str, allowed: Any) -> str:
    if not isinstance(value, str) or value not in allowed:
        raise _refusal(key, _("Must be one of: %(choices)s."), choices=", ".join(allowed))
    return value


def _whole(value: Any, key: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= POINTS_MAX:
        raise _refusal(key, _("Must be a whole number from 1 to %(limit)s."), limit=POINTS_MAX)
    return value


def _decimal(value: Any, key: str, *, limit: Decimal, positive: bool) -> Decimal:
    """A decimal given as text or whole number; JSON floats are refused, they cannot hold 0.1."""
    refusal = _refusal(key, _("Must be a decimal number in quotes, at most %(limit)s."), limit=str(limit))
    if isinstance(value, bool) or not isinstance(value, int | str) or (isinstance(value, str) and not value.isascii()):
        raise refusal
    try:
        number = Decimal(value)
    except InvalidOperation:
        raise refusal from None
    exponent = number.as_tuple().exponent
    if not number.is_finite() or number < 0 or number > limit or (positive and number == 0):
        raise refusal
    if isinstance(exponent, int) and exponent < -4:
        raise _refusal(key, _("At most four decimal places."))
    return number


def _exclusions(raw: Any) -> tuple[frozenset[int], frozenset[str]]:
    if raw is None:
        return frozenset(), frozenset()
    if not isinstance(raw, Mapping) or set(raw) - {"levels", "partners"}:
        raise _refusal("exclusions", _("Must be an object with levels and partners."))
    levels, partners = raw.get("levels", []), raw.get("partners", [])
    if not _is_list_of(levels, int):
        raise _refusal("exclusions.levels", _("Must be a list of level ids."))
    if not _is_list_of(partners, str) or not all(_CODE.fullmatch(code) for code in partners):
        raise _refusal("exclusions.partners", _("Must be a list of member codes."))
    return frozenset(levels), frozenset(partners)


def _is_list_of(value: Any, kind: type) -> bool:
    return (
        isinstance(value, list)
        and len(value) <= LIST_MAX
        and all(isinstance(item, kind) and not isinstance(item, bool) for item in value)
    )


def _validity(raw: Any) -> tuple[datetime | None, datetime | None]:
    if raw is None:
        return None, None
    if not isinstance(raw, Mapping) or set(raw) - {"from", "until"}:
        raise _refusal("validity", _("Must be an object with from and until."))
    start, end = _instant(raw.get("from"), "validity.from"), _instant(raw.get("until"), "validity.until")
    if start is not None and end is not None and start >= end:
        raise _refusal("validity.until", _("Must be later than from."))
    return start, end


def _instant(value: Any, key: str) -> datetime | None:
    if value is None:
        return None
    try:
        instant = parse_datetime(value) if isinstance(value, str) else None
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        raise _refusal(key, _("Must be a date and time with offset, such as 2026-11-11T00:00:00+08:00."))
    return instant
