"""Amounts of money: Decimal with two places in the namespace's one currency (C-09)."""

from collections.abc import Sequence
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

from django.utils.formats import number_format

CENT = Decimal("0.01")
MONEY_DIGITS_MAX = 14
SYMBOLS = {"CNY": "¥", "JPY": "¥", "GBP": "£", "EUR": "€", "USD": "$"}


def quantize(amount: Decimal) -> Decimal:
    """``amount`` to the cent, half up."""
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


def shown(amount: Decimal, currency: str) -> str:
    """``amount`` for people: ``¥1,234.50``; a currency without a known symbol stands in front by its code."""
    sign = "-" if amount < 0 else ""
    number = number_format(abs(amount), decimal_pos=2, force_grouping=True)
    return f"{sign}{SYMBOLS.get(currency, currency + ' ')}{number}"


def spread(total: Decimal, weights: Sequence[Decimal]) -> list[Decimal]:
    """Split ``total`` over ``weights`` to the cent; the rest goes to the heaviest line (C-09).

    The parts always sum to ``total``. Raises ValueError when the weights sum to nothing.
    """
    weight_sum = sum(weights, Decimal(0))
    if weight_sum <= 0:
        raise ValueError("weights must sum to more than zero")
    parts = [(total * weight / weight_sum).quantize(CENT, rounding=ROUND_DOWN) for weight in weights]
    heaviest = max(range(len(weights)), key=lambda index: weights[index])
    parts[heaviest] += total - sum(parts, Decimal(0))
    return parts
