"""Serializer fields that take a value as it is meant or refuse it; nothing is guessed.

The stock fields accept ``"1"``, ``1.0``, ``true`` and Arabic digits as the number one; these do not.
"""

import re
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.core.validators import EmailValidator, URLValidator
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.fields import empty

from vmi.core.choices import StatusEnum
from vmi.core.fields import QUANTITY_MAX
from vmi.core.money import MONEY_DIGITS_MAX
from vmi.statuses.models import status_label

BIGINT_MAX = 2**63 - 1
INT_MAX = 2**31 - 1
TEXT_CHARS_MAX = 20_000
"""Limit of texts whose column has none, units: characters."""

_AMOUNT = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?")
_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?(?:Z|[+-][0-9]{2}:[0-9]{2})"
)
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


class IntegerField(serializers.IntegerField):
    """A JSON integer; strings, fractions and booleans are refused. Default range: 32 bits."""

    default_error_messages = {
        "invalid_integer": _("A whole number is required."),
    }

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_value", INT_MAX)
        kwargs.setdefault("min_value", -INT_MAX - 1)
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> int:
        """Accept exactly ``int``; ``bool`` is one in Python and none in JSON."""
        if type(data) is not int:
            self.fail("invalid_integer")
        return int(data)


class IdField(IntegerField):
    """The id of an object: a positive 64-bit integer."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_value", BIGINT_MAX)
        kwargs.setdefault("min_value", 1)
        super().__init__(**kwargs)


class QuantityField(IntegerField):
    """How many units: from 1 (or ``min_value``) to the largest quantity one line may carry."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("min_value", 1)
        kwargs.setdefault("max_value", QUANTITY_MAX)
        super().__init__(**kwargs)


class BooleanField(serializers.BooleanField):
    """``true`` or ``false``; ``"yes"``, ``1`` and ``"1"`` are refused."""

    default_error_messages = {"invalid_boolean": _("true or false is required.")}

    def to_internal_value(self, data: Any) -> bool:
        """Accept exactly ``bool``."""
        if not isinstance(data, bool):
            self.fail("invalid_boolean")
        return bool(data)


class CharField(serializers.CharField):
    """A JSON string PostgreSQL can store, stripped at both ends.

    An empty optional text reads and writes as null (C-61).
    """

    default_error_messages = {
        "invalid_string": _("A string is required."),
        "invalid_character": _("This value contains a character that cannot be stored."),
    }

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", TEXT_CHARS_MAX)
        self.null_is_blank = bool(kwargs.get("allow_blank")) and not kwargs.get("allow_null")
        if self.null_is_blank:
            kwargs["allow_null"] = True
        super().__init__(**kwargs)

    def validate_empty_values(self, data: Any) -> tuple[bool, Any]:
        """Read null as the empty text where the column knows no null."""
        if data is None and self.null_is_blank and not self.read_only:
            return True, ""
        return super().validate_empty_values(data)

    def run_validation(self, data: Any = empty) -> Any:
        """Refuse what is not text before the stock field turns it into text."""
        if data is not empty and data is not None and not isinstance(data, str):
            self.fail("invalid_string")
        if isinstance(data, str) and _UNSTORABLE.search(data):
            self.fail("invalid_character")
        return super().run_validation(data)

    def to_representation(self, value: Any) -> str | None:  # type: ignore[override]
        """Show an empty optional text as null."""
        text = str(value)
        return None if self.null_is_blank and not text else text


class EmailField(CharField):
    """The address of a mailbox; an empty optional one reads and writes as null."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.validators.append(EmailValidator())


class UrlField(CharField):
    """An address on the web; an empty optional one reads and writes as null."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.validators.append(URLValidator())


class MoneyField(serializers.Field):
    """An amount of the namespace's currency: written as a string with at most two decimals, always read so.

    A JSON integer is accepted too; a number with a fraction is refused, because it has been a float
    on its way. Negative amounts need ``signed=True``.
    """

    default_error_messages = {
        "invalid_money": _("An amount is a string such as “12.50”; numbers with a fraction are refused."),
        "max_decimal_places": _("An amount has at most two decimal places."),
        "max_digits": _("This amount is too large."),
        "min_value": _("This amount may not be negative."),
        "min_positive": _("This amount must be more than zero."),
    }

    def __init__(self, *, signed: bool = False, positive: bool = False, **kwargs: Any) -> None:
        self.signed, self.positive = signed, positive
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> Decimal:
        """Read a string or an integer. Fails with the code of the first rule it breaks."""
        if type(data) is int:
            data = str(data)
        if not isinstance(data, str) or not _AMOUNT.fullmatch(data):
            self.fail("invalid_money")
        whole, _dot, cents = data.lstrip("-").partition(".")
        if len(cents) > 2:
            self.fail("max_decimal_places")
        if len(whole) > MONEY_DIGITS_MAX - 2:
            self.fail("max_digits")
        amount = Decimal(data)
        if amount < 0 and not self.signed:
            self.fail("min_value")
        if amount <= 0 and self.positive:
            self.fail("min_positive")
        return amount

    def to_representation(self, value: Any) -> str:
        """Always two decimals: ``"12.50"``."""
        return f"{Decimal(value):.2f}"


class DecimalField(serializers.DecimalField):
    """A figure with a fixed number of decimals that is no money (a rate, a weight): a string, as money is."""

    default_error_messages = {"invalid_money": _("A decimal figure is written as a string.")}

    def to_internal_value(self, data: Any) -> Any:
        """Accept a plain decimal string or an integer."""
        if type(data) is int:
            data = str(data)
        if not isinstance(data, str) or not _AMOUNT.fullmatch(data):
            self.fail("invalid_money")
        return super().to_internal_value(data)


class InstantField(serializers.DateTimeField):
    """An instant: ISO 8601 with an offset."""

    default_error_messages = {
        "invalid_instant": _("An instant with its offset is required, such as 2026-11-22T08:00:00+08:00."),
    }

    def to_internal_value(self, value: Any) -> datetime:
        """Accept only the full form; a time without a zone could mean two moments."""
        if not isinstance(value, str) or not _INSTANT.fullmatch(value):
            self.fail("invalid_instant")
        try:
            instant: datetime = super().to_internal_value(value)
        except OverflowError:
            self.fail("invalid_instant")
        return instant


class EpochMillisField(serializers.Field):
    """``createTime`` and ``modifyTime``: whole milliseconds since 1970 (C-10); never written."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs["read_only"] = True
        super().__init__(**kwargs)

    def to_representation(self, value: datetime) -> int:
        """Exact integer arithmetic; a float loses the last digit."""
        return (value - _EPOCH) // timedelta(milliseconds=1)


_EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


class ReferenceField(serializers.PrimaryKeyRelatedField):
    """A reference, written and read as the id (C-61)."""

    def to_internal_value(self, data: Any) -> Any:
        """Accept exactly an integer of 64 bits."""
        if type(data) is not int:
            self.fail("incorrect_type", data_type=type(data).__name__)
        if not 0 < data <= BIGINT_MAX:
            self.fail("does_not_exist", pk_value=data)
        return super().to_internal_value(data)


class StatusValueField(serializers.Field):
    """The value of a status; its name stands beside it as ``<field>Name``. Only commands change it."""

    def __init__(self, *, enum: type[StatusEnum] | None = None, **kwargs: Any) -> None:
        kwargs["read_only"] = True
        self.enum = enum
        super().__init__(**kwargs)

    def to_representation(self, value: Any) -> int:
        """The number itself."""
        return int(value)


class StatusNameField(serializers.Field):
    """The name of a status in the caller's language."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs["read_only"] = True
        super().__init__(**kwargs)

    def to_representation(self, value: Any) -> str:
        """Looked up in the platform's table, which every process remembers."""
        return status_label(int(value))
