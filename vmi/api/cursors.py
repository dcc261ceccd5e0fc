"""Cursors of keyset pages: the ordering values of the row at a page's edge, as they stand in a link."""

import base64
import binascii
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError as FieldError
from django.db.models import Field
from django.utils.translation import gettext_lazy as _

from vmi.core.exceptions import InvalidRequest

CURSOR_CHARS_MAX = 2000

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
"""NUL and lone surrogates, which the database driver cannot even send."""


class InvalidCursor(InvalidRequest):
    """A cursor that was tampered with, or belongs to another list or ordering."""

    code = "invalid_cursor"
    default_message = _("The cursor does not belong to this list.")

    def __init__(self) -> None:
        super().__init__(param="cursor")


@dataclass(frozen=True, slots=True)
class Key:
    """One column of the ordering."""

    name: str
    field: "Field[Any, Any]"
    descending: bool

    @property
    def sign(self) -> str:
        """The column as ``order_by`` spells it."""
        return f"-{self.name}" if self.descending else self.name


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page starts: the values of the row just outside it, and which way to read."""

    ordering: str
    values: tuple[Any, ...]
    backwards: bool


def signature(keys: Sequence[Key]) -> str:
    """The ordering as one text; a cursor is good for its own ordering only."""
    return ",".join(key.sign for key in keys)


def write_cursor(cursor: Cursor) -> str:
    """The cursor as it stands in a link: unreadable to people, not secret, checked when it comes back."""
    values = [_plain(value) for value in cursor.values]
    document = json.dumps([cursor.ordering, values, int(cursor.backwards)], separators=(",", ":"))
    return base64.urlsafe_b64encode(document.encode()).decode().rstrip("=")


def _plain(value: Any) -> Any:
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def read_cursor(text: str, keys: Sequence[Key]) -> Cursor:
    """Read a cursor made for the same ordering. Raises InvalidCursor."""
    try:
        if len(text) > CURSOR_CHARS_MAX:
            raise InvalidCursor
        document = json.loads(base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True))
        ordering, values, backwards = document
        if ordering != signature(keys) or len(values) != len(keys):
            raise InvalidCursor
        found = tuple(_typed(key, value) for key, value in zip(keys, values, strict=True))
        return Cursor(ordering, found, bool(backwards))
    except (ValueError, TypeError, binascii.Error, FieldError, RecursionError, ArithmeticError):
        raise InvalidCursor from None


def _typed(key: Key, value: Any) -> Any:
    if value is None:
        if not key.field.null:
            raise InvalidCursor
        return None
    if isinstance(value, (list, dict)) or (isinstance(value, str) and _UNSTORABLE.search(value)):
        raise InvalidCursor
    return key.field.to_python(value)
