"""Checks of the words in master data, the same for every way in."""

import re
from collections.abc import Mapping
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from vmi.api.naming import camel
from vmi.core.text import clean_text, words_of
from warehousing.exceptions import CodeTaken, InvalidText

_LOCATION_PART: Final = re.compile(r"[A-Z0-9]{1,8}")
_CODE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")


def location_part(text: str, *, param: str) -> str:
    """A part of a location code: 1–8 capital letters and digits; raises InvalidText otherwise."""
    part = text.strip().upper()
    if not _LOCATION_PART.fullmatch(part):
        raise InvalidText(_("Use 1 to 8 letters and digits."), code="invalid_code", param=param)
    return part


def clean_code(text: str, *, param: str) -> str:
    """A code that may stand in an address or on a label; raises InvalidText otherwise."""
    if not _CODE.fullmatch(text):
        raise InvalidText(_("Use letters, digits, dot, dash and underscore."), code="invalid_code", param=param)
    return text


def clean_columns(model: type[models.Model], values: Mapping[str, Any]) -> dict[str, Any]:
    """``values`` with their texts checked against the columns of ``model``: length, emptiness, choices, form.

    Raises InvalidText naming the column.
    """
    return {name: _clean(model, name, value) for name, value in values.items()}


def _clean(model: type[models.Model], name: str, value: Any) -> Any:
    column = model._meta.get_field(name)
    if not isinstance(column, (models.CharField, models.TextField)):
        return value
    text = clean_text(
        value,
        param=camel(name),
        limit=column.max_length or 0,
        error=InvalidText,
        required=not column.blank,
        lines=isinstance(column, models.TextField),
    )
    if text:
        try:
            column.clean(text, None)
        except ValidationError as error:
            raise InvalidText(words_of(error), param=camel(name)) from error
    return text


def taken(param: str, value: object) -> CodeTaken:
    """The refusal for a code in use, naming the field and the value."""
    return CodeTaken(param=param, details={param: str(value)})
