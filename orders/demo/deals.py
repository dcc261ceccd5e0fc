"""The script of the last two weeks: who bought what, when, and how it went on. The same on every machine."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from random import Random
from typing import Final
from zoneinfo import ZoneInfo

from orders.demo.catalogue_data import ARTICLES
from orders.demo.members import BUYERS, DISABLED_BUYER
from orders.demo.sales import Deal, End
from orders.demo.shops import OFF_SALE, SHOPS

SEED: Final = 20250401

DAYS: Final = 14
"""How many days before the load the first of these sales happens."""

SCARCE: Final = frozenset(
    {"AP-IP15PM-1T-SLV", "AP-MBA-512-SLV", "SM-FLIP5-512-PPL", "SM-S23U-512-BLK", "NK-DUNK-41-PND", OFF_SALE[1]}
)
"""Nearly or entirely sold out, or off sale: chance never picks them."""

WEIGHTS: Final = {"APPLE": 30, "SAMSUNG": 18, "NIKE": 24, "YUNGU": 18, "SANLITUN": 10}
"""How the sales spread over the shops."""

ACTIVE: Final = [index for index in range(len(BUYERS)) if index != DISABLED_BUYER]

LONG_HOLD: Final = tuple(shop.code for shop in SHOPS if (shop.hold_minutes or 0) >= 1440)
"""Shops whose unpaid orders are kept for a day, so that somebody who looks around finds some."""


@dataclass(frozen=True, slots=True)
class Span:
    """How many sales end that way, and how long ago they began: days, or minutes for those of today."""

    count: int
    oldest: int
    youngest: int
    minutes: bool = False


# The youngest of each leave room for the slowest pauses of their story, also for a load just after midnight.
SPANS: Final[dict[End, Span]] = {
    End.COMPLETED: Span(44, 13, 6),
    End.SHIPPED: Span(10, 5, 2),
    End.NOTICED: Span(8, 1800, 60, minutes=True),
    End.PAID: Span(4, 45, 10, minutes=True),
    End.WAITING: Span(6, 15, 1, minutes=True),
    End.EXPIRED: Span(7, 12, 2),
    End.CANCELLED: Span(4, 12, 1),
    End.CANCELLED_PAID: Span(5, 12, 2),
    End.ORPHANED: Span(1, 6, 6),
    End.PAID_LATE: Span(1, 11, 11),
    End.TRIED_TWICE: Span(2, 10, 7),
    End.RETURN_REQUESTED: Span(2, 9, 7),
    End.RETURN_REJECTED: Span(1, 9, 9),
    End.RETURN_RECEIVED: Span(2, 11, 9),
    End.RETURNED: Span(3, 13, 11),
    End.RETURNED_DAMAGED: Span(3, 13, 11),
}

SPLIT: Final = Deal("DEMO-SPLIT", "APPLE", 5, (("AP-CHG-20W", 2), ("AP-IPA-256-WF", 1)), End.PARTLY_SHIPPED)
"""One line lies in Beijing only, the other in Shanghai only: one of the two has left."""

SELL_OUT: Final = (
    (8, Deal("DEMO-LAST-1", "APPLE", 18, (("AP-IP15PM-1T-SLV", 2),))),
    (7, Deal("DEMO-LAST-2", "APPLE", 13, (("AP-IP15PM-1T-SLV", 1),))),
    (6, Deal("DEMO-LAST-3", "SAMSUNG", 17, (("SM-FLIP5-512-PPL", 2),))),
)
"""Days ago, and the sale that takes the last of something; the purchase that follows waits for its review."""


def deals(anchor: datetime, zone: ZoneInfo) -> Iterator[tuple[datetime, Deal]]:
    """Every sale with its beginning, counted back from ``anchor``; days are those of ``zone``."""
    chance = Random(SEED)  # noqa: S311 - a script, no secret
    number = 0
    for end, span in SPANS.items():
        for _repeat in range(span.count):
            number += 1
            yield _begin(span, anchor, zone, chance), _deal(number, end, chance)
    for days, deal in SELL_OUT:
        yield _noon(anchor, zone, days), deal
    yield anchor - timedelta(hours=7), SPLIT


def _noon(anchor: datetime, zone: ZoneInfo, days: int) -> datetime:
    day = (anchor.astimezone(zone) - timedelta(days=days)).date()
    return datetime.combine(day, time(12), tzinfo=zone)


def _begin(span: Span, anchor: datetime, zone: ZoneInfo, chance: Random) -> datetime:
    ago, hour, minute = chance.randint(span.youngest, span.oldest), chance.randint(9, 20), chance.randint(0, 59)
    if span.minutes:
        return anchor - timedelta(minutes=ago)
    day = (anchor.astimezone(zone) - timedelta(days=ago)).date()
    return datetime.combine(day, time(hour, minute), tzinfo=zone)


def _deal(number: int, end: End, chance: Random) -> Deal:
    if end is End.WAITING:
        code = chance.choice(LONG_HOLD)
    elif end in (End.ORPHANED, End.TRIED_TWICE, End.PAID_LATE):
        code = "APPLE"
    else:
        code = chance.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
    cash = code == "SANLITUN" or (end is End.CANCELLED_PAID and number % 4 == 0)
    anonymous = chance.random() < (0.6 if code == "SANLITUN" else 0.05)
    buyer = None if anonymous else chance.choice(ACTIVE)
    return Deal(f"DEMO-{number:03d}", code, buyer, _lines(code, chance), end, cash=cash)


def _lines(code: str, chance: Random) -> tuple[tuple[str, int], ...]:
    skus = ASSORTMENT[code]
    picked = chance.sample(skus, chance.choices((1, 2, 3), (60, 28, 12))[0])
    most = 4 if code == "YUNGU" else 2
    return tuple((sku, chance.randint(1, most) if chance.random() < 0.4 else 1) for sku in picked)


def _assortment(brands: tuple[str, ...]) -> list[str]:
    return [
        variant.code
        for article in ARTICLES
        if article.brand in brands and article.state == "on"
        for variant in article.variants
        if variant.code not in SCARCE
    ]


ASSORTMENT: Final = {
    shop.code: [
        sku
        for sku in _assortment(shop.brands)
        # The counter sells from Beijing alone.
        if shop.code != "SANLITUN" or sku not in ("AP-IPA-256-WF", "NK-AJ-42-BKR")
    ]
    for shop in SHOPS
}
