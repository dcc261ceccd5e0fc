"""Checks of the fields that only say how something is shown: pictures, sorting, visibility."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from catalog.exceptions import InvalidProduct
from catalog.services.fields import clean_images

SORT_MAX: Final = 1_000_000


def clean_picture(value: object, *, param: str) -> str:
    """The address of one picture, or nothing."""
    if value == "":
        return ""
    try:
        return clean_images([value], param=param)[0]
    except InvalidProduct as refusal:
        refusal.param = param
        raise


def clean_sort(value: object, *, param: str = "sort") -> int:
    """A place in a list; smaller comes first."""
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > SORT_MAX:
        raise InvalidProduct(_("Must be a whole number."), param=param)
    return value


def clean_flag(value: object, *, param: str = "visible") -> bool:
    """Yes or no."""
    if not isinstance(value, bool):
        raise InvalidProduct(_("Must be true or false."), param=param)
    return value
