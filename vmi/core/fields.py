"""Column types with the limits the whole product shares."""

from typing import Any

from django.db import models

from vmi.core.money import MONEY_DIGITS_MAX

CODE_LENGTH_MAX = 64
"""Longest code or document number, units: characters."""

QUANTITY_MAX = 1_000_000_000
"""Largest quantity one line may carry; keeps every sum far inside the 32-bit columns' bigint sums."""


class MoneyField(models.DecimalField):
    """An amount in the namespace's currency: Decimal(14,2)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["max_digits"] = MONEY_DIGITS_MAX
        kwargs["decimal_places"] = 2
        super().__init__(*args, **kwargs)


class CodeField(models.CharField):
    """A code or document number, unique in its table unless told otherwise (C-50)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", CODE_LENGTH_MAX)
        kwargs.setdefault("unique", True)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        """Say ``unique=False`` in migrations, where Django would leave it out and this class would add it again."""
        name, path, args, kwargs = super().deconstruct()
        if not self.unique:
            kwargs["unique"] = False
        return name, path, list(args), kwargs


QuantityField = models.IntegerField
"""Units of stock or points; every model guards it with a CHECK."""
