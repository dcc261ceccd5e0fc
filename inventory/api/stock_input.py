"""Reading what the 003 endpoints are told: SKU codes into lines, query strings into values."""

import re
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request

from catalog.selectors import skus_by_code
from inventory.choices import AdjustOperation, Quality
from inventory.exceptions import UnknownSku
from inventory.services import Adjustment, CartItem, ReserveLine
from vmi.api.fields import BIGINT_MAX
from vmi.core.exceptions import InvalidRequest, NotFound

CODE_CHARS_MAX = 64
ITEM_SKU = "items[{}].sku"
"""Where a body names SKUs, by the number of the item."""

_DIGITS = re.compile(r"[0-9]{1,19}")


def path_id(text: str) -> int:
    """An id from the path. Raises NotFound for one no row can have."""
    number = int(text)
    if not 0 < number <= BIGINT_MAX:
        raise NotFound(param="id")
    return number


def query_id(request: Request, name: str) -> int | None:
    """An optional id from the query string. Raises InvalidRequest."""
    text = request.query_params.get(name)
    if text is None:
        return None
    if not _DIGITS.fullmatch(text) or not 0 < int(text) <= BIGINT_MAX:
        raise InvalidRequest(_("A whole number is required."), code="invalid_integer", param=name)
    return int(text)


def query_codes(request: Request, name: str = "sku") -> list[str]:
    """Codes from a parameter that may be repeated. Raises InvalidRequest for an empty or endless one."""
    codes = request.query_params.getlist(name)
    if any(not code.strip() or len(code) > CODE_CHARS_MAX or "\x00" in code for code in codes):
        raise InvalidRequest(
            _("A code has 1 to %(max)s characters."), code="invalid_code", param=name, details={"max": CODE_CHARS_MAX}
        )
    return [code.strip() for code in codes]


def sku_ids(codes: Sequence[str], *, member: bool = False, field: str = ITEM_SKU) -> list[int]:
    """The ids of SKU codes in their order; members know published products only. Raises UnknownSku naming the field."""
    found = skus_by_code(set(codes))
    ids = []
    for index, code in enumerate(codes):
        sku = found.get(code)
        if sku is None or (member and not sku.is_published):
            raise UnknownSku(param=field.format(index), details={"sku": code})
        ids.append(sku.id)
    return ids


def cart_items(items: Sequence[dict[str, Any]], *, member: bool) -> list[CartItem]:
    """The items of a cart's body."""
    ids = sku_ids([item["sku"] for item in items], member=member)
    return [CartItem(pk, item["quantity"], item["warehouse"]) for pk, item in zip(ids, items, strict=True)]


def order_lines(items: Sequence[dict[str, Any]], *, member: bool) -> list[ReserveLine]:
    """The lines of an order's body, numbered from 1."""
    ids = sku_ids([item["sku"] for item in items], member=member)
    return [
        ReserveLine(number, pk, item["quantity"], item["warehouse"])
        for number, (pk, item) in enumerate(zip(ids, items, strict=True), start=1)
    ]


def adjustment(logical_id: int, data: dict[str, Any]) -> Adjustment:
    """One correction."""
    return Adjustment(
        logical_id=logical_id,
        operation=AdjustOperation(data["operation"]),
        quantity=data["quantity"],
        location_id=data["location"],
        batch=data["batch"],
        quality=Quality(int(data["quality"])),
    )
