"""How a number looks: prefix, date part, width. Pure functions, no database."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Period(models.TextChoices):
    """The date part of a number; counting starts again with each period."""

    NONE = "none", _("No date")
    YEAR = "year", _("Year")
    MONTH = "month", _("Month")
    DAY = "day", _("Day")


DATE_FORMATS: Final[dict[str, str]] = {Period.NONE: "", Period.YEAR: "%Y", Period.MONTH: "%Y%m", Period.DAY: "%Y%m%d"}


@dataclass(frozen=True, slots=True)
class Rule:
    """The look of one kind: ``ORD`` + day + width 6 = ``ORD-20261122-000123``."""

    prefix: str
    period: str
    width: int
    with_namespace: bool = False


WIDTH: Final = 6
"""Digits of a number by default; a number that outgrows them simply gets longer."""

DEFAULT_RULES: Final[dict[str, Rule]] = {
    "partner": Rule("MEM", Period.NONE, WIDTH),
    "credit": Rule("CRD", Period.DAY, WIDTH),
    "creditReport": Rule("CRP", Period.NONE, WIDTH),
    "creditReward": Rule("CRW", Period.DAY, WIDTH),
    "order": Rule("ORD", Period.DAY, WIDTH),
    "store": Rule("STO", Period.NONE, WIDTH),
    "stockin": Rule("IN", Period.DAY, WIDTH),
    "stockout": Rule("OUT", Period.DAY, WIDTH),
    "warehouse": Rule("WH", Period.NONE, WIDTH),
    "shelf": Rule("SH", Period.NONE, WIDTH),
    "owner": Rule("OWN", Period.NONE, WIDTH),
    "payment": Rule("PAY", Period.DAY, WIDTH),
    "refund": Rule("REF", Period.DAY, WIDTH),
    "returnOrder": Rule("RET", Period.DAY, WIDTH),
    "shipNotice": Rule("SN", Period.DAY, WIDTH),
    "product": Rule("PRD", Period.NONE, WIDTH),
    "adjustment": Rule("ADJ", Period.DAY, WIDTH),
    "safety": Rule("SAF", Period.DAY, WIDTH),
    "quota": Rule("QTA", Period.DAY, WIDTH),
    "stocktake": Rule("STK", Period.DAY, WIDTH),
    "stockLock": Rule("LCK", Period.DAY, WIDTH),
    "supply": Rule("SUP", Period.DAY, WIDTH),
}
"""The kinds of the product and what each looks like until somebody changes its rule."""

KIND_NAMES: Final[dict[str, str | Promise]] = {
    "partner": _("member"),
    "credit": _("credit entry"),
    "creditReport": _("credit report"),
    "creditReward": _("credit reward"),
    "order": _("order"),
    "store": _("store"),
    "stockin": _("stock-in"),
    "stockout": _("stock-out"),
    "warehouse": _("warehouse"),
    "shelf": _("shelf"),
    "owner": _("owner"),
    "payment": _("payment"),
    "refund": _("refund"),
    "returnOrder": _("return"),
    "shipNotice": _("ship notice"),
    "product": _("product"),
    "adjustment": _("stock adjustment"),
    "quota": _("quota change"),
    "safety": _("safety stock change"),
    "stocktake": _("stocktake"),
    "stockLock": _("stock lock"),
    "supply": _("goods on their way"),
}
"""What each kind numbers, for people."""


def period_key(rule: Rule, day: date | None) -> str:
    """The date part of a number, for example ``20261122``; empty for a rule without one."""
    pattern = DATE_FORMATS[rule.period]
    if not pattern:
        return ""
    if day is None:
        raise ValueError("a dated number needs a day")
    return day.strftime(pattern)


def render(rule: Rule, period: str, number: int, namespace: str) -> str:
    """The finished number."""
    head = namespace.upper() if rule.with_namespace else ""
    return "-".join(part for part in (head, rule.prefix, period, str(number).zfill(rule.width)) if part)
