"""English twins of validation messages.

REST framework translates a validation message the moment it is raised, so its English form is found again
in the catalogue or, when it carries figures, by code; our own refusals carry both languages by themselves.
"""

from functools import lru_cache
from typing import Final

from django.utils.translation import get_language
from django.utils.translation.trans_real import translation

ENGLISH_BY_CODE: Final[dict[str, str]] = {
    "required": "This field is required.",
    "null": "This field may not be null.",
    "blank": "This field may not be blank.",
    "invalid": "This value is not valid.",
    "invalid_choice": "This value is not one of the choices.",
    "invalid_integer": "A whole number is required.",
    "invalid_money": "An amount is a string such as “12.50”; numbers with a fraction are refused.",
    "invalid_string": "A string is required.",
    "invalid_boolean": "true or false is required.",
    "invalid_instant": "An instant with its offset is required, such as 2026-11-22T08:00:00+08:00.",
    "invalid_character": "This value contains a character that cannot be stored.",
    "max_length": "This value is too long.",
    "min_length": "This value is too short.",
    "max_value": "This value is too large.",
    "min_value": "This value is too small.",
    "max_digits": "This value has too many digits.",
    "max_decimal_places": "This value has too many decimal places.",
    "max_string_length": "This value is too long.",
    "not_a_list": "A list is required.",
    "not_a_dict": "An object is required.",
    "empty": "This list may not be empty.",
    "does_not_exist": "The referenced object does not exist.",
    "incorrect_type": "A reference is written as a number, the id.",
    "method_not_allowed": "This method is not allowed here.",
    "unsupported_media_type": "The body is not application/json.",
    "unique": "An object with this value exists already.",
    "unknown_field": "This field is unknown or may not be written.",
    "unknown_parameter": "This parameter is unknown.",
    "invalid_parameter": "The value of this parameter is not valid.",
    "invalid_page_size": "pageSize is a number from 1 to 200.",
    "invalid_cursor": "The cursor does not belong to this list.",
    "invalid_ordering": "The list cannot be ordered by this.",
    "date": "The value of this date is not valid.",
    "password_too_short": "This password is too short.",
    "password_too_common": "This password is too common.",
    "password_entirely_numeric": "This password is entirely numeric.",
}
"""Sentences without figures; the figures are in ``details`` and in the local message."""


def english_of(code: str, message: str) -> str:
    """The English sentence for a validation finding."""
    language = get_language() or "en"
    if language.startswith("en"):
        return message
    return _sources(language).get(message) or ENGLISH_BY_CODE.get(code, "The input is not valid.")


@lru_cache(maxsize=4)
def _sources(language: str) -> dict[str, str]:
    """Whole sentences of a language → the English they were translated from."""
    entries = translation(language)._catalog.items()  # type: ignore[attr-defined]
    return {
        text: source
        for source, text in entries
        if isinstance(source, str) and isinstance(text, str) and source.endswith(".") and "\x04" not in source
    }
