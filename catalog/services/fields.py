"""Checks of the catalogue's fields, shared by single commands and bulk."""

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from catalog.exceptions import InvalidProduct
from catalog.models.product import EXPIRE_DAYS_MAX, PRODUCT_NAME_MAX
from catalog.models.sku import BARCODE_MAX, SKU_NAME_MAX
from vmi.core.fields import CODE_LENGTH_MAX
from vmi.core.text import clean_text, clean_texts

IMAGES_MAX: Final = 20
TAGS_MAX: Final = 20
SPEC_MAX: Final = 20
DESCRIPTION_MAX: Final = 20_000
PRICE_MAX: Final = Decimal(10) ** 12
WEIGHT_MAX: Final = Decimal(10) ** 7

_SKU: Final = re.compile(r"[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?")
"""Printable ASCII: codes travel to barcodes and warehouse systems, and upper-case the same way everywhere."""

_BARCODE: Final = re.compile(r"[\x21-\x7e]*")
_IMAGE: Final = re.compile(r"(https?://|/)[^\s<>\"'\\]+")


def clean_product_name(value: object, *, param: str = "name") -> str:
    """The product's name; required."""
    return clean_text(value, param=param, limit=PRODUCT_NAME_MAX, error=InvalidProduct, required=True)


def clean_description(value: object, *, param: str = "description") -> str:
    """Free text, several lines."""
    return clean_text(value, param=param, limit=DESCRIPTION_MAX, error=InvalidProduct, lines=True)


def clean_images(values: object, *, param: str = "image") -> list[str]:
    """Addresses of pictures: http(s) or a path of this site; no script or data addresses."""
    images = clean_texts(values, param=param, limit=500, count_max=IMAGES_MAX, error=InvalidProduct)
    for index, image in enumerate(images):
        if not _IMAGE.fullmatch(image):
            raise InvalidProduct(_("Must be the address of an image."), param=f"{param}[{index}]")
    return images


def clean_tags(values: object, *, param: str = "tags") -> list[str]:
    """Short words to find the product by."""
    return clean_texts(values, param=param, limit=40, count_max=TAGS_MAX, error=InvalidProduct)


def clean_expire(value: object, *, param: str = "expire") -> int | None:
    """Shelf life in days (C-52), or none."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= EXPIRE_DAYS_MAX:
        raise InvalidProduct(_("Must be 1 to %(limit)s days."), param=param, details={"limit": EXPIRE_DAYS_MAX})
    return value


def clean_unit(value: object, *, param: str = "unit") -> str:
    """The unit it is counted in."""
    return clean_text(value, param=param, limit=20, error=InvalidProduct)


def clean_weight(value: object, *, param: str = "weight") -> Decimal | None:
    """Kilograms, to the gram."""
    return _decimal(value, param=param, places=3, limit=WEIGHT_MAX)


def clean_price(value: object, *, param: str = "listPrice") -> Decimal | None:
    """An amount of money, at least zero, to the cent; or none."""
    return _decimal(value, param=param, places=2, limit=PRICE_MAX)


def clean_sku(value: object, *, param: str = "sku") -> str:
    """A SKU code: printable ASCII without outer blanks, kept as written."""
    code = clean_text(value, param=param, limit=CODE_LENGTH_MAX, error=InvalidProduct, required=True)
    if not _SKU.fullmatch(code):
        raise InvalidProduct(_("May only contain Latin letters, digits and punctuation."), param=param)
    return code


def clean_sku_name(value: object, *, param: str = "name") -> str:
    """The SKU's own name; empty takes the product's."""
    return clean_text(value, param=param, limit=SKU_NAME_MAX, error=InvalidProduct)


def clean_barcode(value: object, *, param: str = "barcode") -> str:
    """What a scanner reads, or nothing."""
    code = clean_text(value, param=param, limit=BARCODE_MAX, error=InvalidProduct)
    if not _BARCODE.fullmatch(code):
        raise InvalidProduct(_("May only contain Latin letters, digits and punctuation."), param=param)
    return code


def clean_spec(value: object, *, param: str = "spec") -> dict[str, str]:
    """Attribute names and values, both short texts."""
    if not isinstance(value, Mapping):
        raise InvalidProduct(_("Must be an object of texts."), param=param)
    if len(value) > SPEC_MAX:
        raise InvalidProduct(_("May have at most %(limit)s entries."), param=param, details={"limit": SPEC_MAX})
    return {
        clean_text(key, param=param, limit=40, error=InvalidProduct, required=True): clean_text(
            item, param=f"{param}.{key}", limit=100, error=InvalidProduct, required=True
        )
        for key, item in value.items()
    }


def duplicates(codes: Iterable[str]) -> dict[str, int]:
    """Codes given twice, whatever their case, with the position of the second one."""
    seen: set[str] = set()
    twice: dict[str, int] = {}
    for index, code in enumerate(codes):
        if code.upper() in seen:
            twice.setdefault(code, index)
        seen.add(code.upper())
    return twice


def _decimal(value: Any, *, param: str, places: int, limit: Decimal) -> Decimal | None:
    if value is None:
        return None
    if not isinstance(value, Decimal) or not value.is_finite() or not 0 <= value < limit:
        raise InvalidProduct(_("Must be a decimal number of at least 0."), param=param)
    if value != round(value, places):
        raise InvalidProduct(_("At most %(places)s decimal places."), param=param, details={"places": places})
    return value
