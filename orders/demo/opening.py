"""What lay in the warehouses at the start: the units the sample rows count with, and enough for the rest."""

from datetime import datetime, timedelta
from typing import Final

from orders.demo.catalogue_data import ARTICLES
from orders.demo.documents import Paper, Row, stock_in
from orders.demo.timeline import Scene
from orders.demo.world import World

USUAL: Final = 30
"""Units of a SKU where nothing else is said."""

UNITS: Final[dict[tuple[str, str], dict[str, int]]] = {
    ("BJ", "APPLE"): {
        "AP-IP15P-256-BLK": 75,
        "AP-IP15PM-512-SLV": 40,
        "AP-IP15PM-1T-SLV": 2,
        "AP-APP-2": 70,
        "AP-IPA-256-WF": 0,
        "AP-IPA-64-WF": 12,
        "AP-MBA-512-SLV": 0,
        "AP-CHG-20W": 120,
    },
    ("SH", "APPLE"): {
        "AP-IP15P-256-BLK": 35,
        "AP-IP15PM-512-SLV": 20,
        "AP-IP15PM-1T-SLV": 1,
        "AP-IPA-256-WF": 40,
        "AP-MBA-512-SLV": 0,
        "AP-CHG-20W": 0,
    },
    ("GZ", "SAMSUNG"): {
        "SM-S23-256-BLK": 65,
        "SM-TABS9-128-SLV": 35,
        "SM-GW6-44-BLK": 40,
        "SM-FLIP5-512-PPL": 3,
        "SM-BUDS2P-WHT": 45,
        "SM-CHG-45W": 80,
    },
    ("SH", "SAMSUNG"): {"SM-FLIP5-512-PPL": 0, "SM-S23U-512-BLK": 8, "SM-CHG-45W": 40},
    ("GZ", "NIKE"): {
        "NK-AJ-42-BKR": 60,
        "NK-AM-41-WHT": 0,
        "NK-AM-42-WHT": 0,
        "NK-AM-43-BLK": 0,
        "NK-DUNK-41-PND": 2,
    },
    ("BJ", "NIKE"): {"NK-AJ-42-BKR": 0, "NK-AM-41-WHT": 40, "NK-DUNK-41-PND": 0},
    ("SH", "NIKE"): {"NK-AM-41-WHT": 40, "NK-DUNK-41-PND": 0},
}
"""Units by warehouse and owner where they are not the usual ones."""

BRAND_OF_OWNER: Final = {"APPLE": "Apple", "SAMSUNG": "Samsung", "NIKE": "Nike"}


def opening_scenes(start: datetime, world: World) -> list[Scene]:
    """One opening document for each owner in each warehouse, the next one half an hour later."""
    return [
        Scene(start + number * timedelta(minutes=30), stock_in(_paper(depot, owner, units), world))
        for number, ((depot, owner), units) in enumerate(UNITS.items())
    ]


def _paper(depot: str, owner: str, units: dict[str, int]) -> Paper:
    codes = [
        variant.code
        for article in ARTICLES
        if article.brand == BRAND_OF_OWNER[owner] and article.state == "on"
        for variant in article.variants
    ]
    rows = tuple(Row(code, units.get(code, USUAL)) for code in codes if units.get(code, USUAL))
    return Paper(depot, owner, "opening", rows, "done", "期初库存", review=timedelta(hours=2))
