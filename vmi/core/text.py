"""Checks of short texts that every way in shares: API, back office, imports and replay call the same commands."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.utils.functional import Promise, lazy
from django.utils.translation import gettext_lazy as _

from vmi.core.exceptions import InvalidRequest


def clean_text(
    value: object, *, param: str, limit: int, error: type[InvalidRequest], required: bool = False, lines: bool = False
) -> str:
    """``value`` without outer blanks; raises ``error`` naming ``param`` unless it is at most ``limit`` characters.

    Control characters, NUL and lone surrogates are refused; ``lines`` allows line breaks and tabs.
    """
    if not isinstance(value, str):
        raise error(_("Must be text."), param=param)
    text = value.strip()
    if required and not text:
        raise error(_("This field may not be empty."), code="required", param=param)
    if len(text) > limit:
        raise error(_("May have at most %(limit)s characters."), param=param, details={"limit": limit})
    if any(_is_refused(char, lines=lines) for char in text):
        raise error(_("Contains a character that cannot be stored."), param=param)
    return text


def clean_texts(values: object, *, param: str, limit: int, count_max: int, error: type[InvalidRequest]) -> list[str]:
    """A list of texts, in the given order and without repetitions."""
    if isinstance(values, str) or not isinstance(values, Iterable):
        raise error(_("Must be a list of texts."), param=param)
    items = [
        clean_text(value, param=f"{param}[{index}]", limit=limit, error=error, required=True)
        for index, value in enumerate(values)
    ]
    if len(items) > count_max:
        raise error(_("May have at most %(limit)s entries."), param=param, details={"limit": count_max})
    return list(dict.fromkeys(items))


def words_of(refusal: ValidationError) -> str | Promise:
    """What a validator said, translated when it is read, as every refusal is."""
    return lazy(lambda: " ".join(refusal.messages), str)()


def _is_refused(char: str, *, lines: bool) -> bool:
    if lines and char in "\n\r\t":
        return False
    return char < " " or char == "\x7f" or "\ud800" <= char <= "\udfff"
