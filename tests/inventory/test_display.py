"""What customers see of a figure (C-37, C-46)."""

import pytest
from django.utils.translation import override

from inventory.choices import DisplayRule
from inventory.display import shown

pytestmark = pytest.mark.no_database


@pytest.mark.parametrize(
    ("rule", "units", "sellable", "cover", "text", "quantity", "in_stock"),
    [
        (DisplayRule.EXACT, 10, 7, 0, "7", 7, True),
        (DisplayRule.EXACT, 10, 0, 0, "Out of stock", 0, False),
        (DisplayRule.EXACT, 10, -4, 0, "Out of stock", 0, False),
        (DisplayRule.EXACT, 10, 0, 5, "Available to order", 0, True),
        (DisplayRule.CAPPED, 10, 9, 0, "9", 9, True),
        (DisplayRule.CAPPED, 10, 10, 0, "10+", 10, True),
        (DisplayRule.CAPPED, 10, 4321, 0, "10+", 10, True),
        (DisplayRule.FEW_LEFT, 5, 5, 0, "Few left", None, True),
        (DisplayRule.FEW_LEFT, 5, 6, 0, "In stock", None, True),
        (DisplayRule.FEW_LEFT, 5, 0, 0, "Out of stock", 0, False),
        (DisplayRule.MINIMUM, 10, 5, 0, "5", 5, True),
        (DisplayRule.MINIMUM, 10, 5, 3, "8", 8, True),
        (DisplayRule.MINIMUM, 10, 5, 50, "10", 10, True),
        (DisplayRule.MINIMUM, 10, 25, 50, "25", 25, True),
        (DisplayRule.MINIMUM, 10, 0, 4, "4", 4, True),
        (DisplayRule.MINIMUM, 10, 0, 0, "Out of stock", 0, False),
    ],
)
def test_a_rule_never_shows_more_than_can_be_honoured(
    rule: DisplayRule, units: int, sellable: int, cover: int, text: str, quantity: int | None, in_stock: bool
) -> None:
    found = shown(DisplayRule(rule), units, sellable, cover)

    with override("en"):
        assert (str(found.text), found.quantity, found.in_stock) == (text, quantity, in_stock)
