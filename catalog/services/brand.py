"""Creating and changing brands."""

from collections.abc import Callable
from typing import Any, Final

from django.db import transaction

from catalog.exceptions import InvalidProduct, NameTaken, ProductNotFound
from catalog.models import Brand
from catalog.models.brand import BRAND_NAME_MAX
from catalog.services.display import clean_flag, clean_picture, clean_sort
from vmi.core import clock
from vmi.core.actors import Actor
from vmi.core.integrity import refusing
from vmi.core.text import clean_text
from vmi.events.services import audit

_REFUSALS: Final = {"catalog_brand_name": lambda: NameTaken(param="name")}


def _name(value: object) -> str:
    return clean_text(value, param="name", limit=BRAND_NAME_MAX, error=InvalidProduct, required=True)


def _description(value: object) -> str:
    return clean_text(value, param="description", limit=512, error=InvalidProduct)


_CLEANERS: Final[dict[str, Callable[[Any], Any]]] = {
    "name": _name,
    "logo": lambda value: clean_picture(value, param="logo"),
    "description": _description,
    "sort": clean_sort,
    "visible": clean_flag,
}


@transaction.atomic
def create_brand(
    *, name: str, logo: str = "", description: str = "", sort: int = 0, visible: bool = True, actor: Actor
) -> Brand:
    """Add a brand (S002-6). Raises InvalidProduct with the field, or NameTaken."""
    now = clock.now()
    given = {"name": name, "logo": logo, "description": description, "sort": sort, "visible": visible}
    values = {field: _CLEANERS[field](value) for field, value in given.items()}
    _refuse_taken(values["name"])

    with refusing(_REFUSALS):
        brand = Brand.objects.create(**values, creater_id=actor.user_id, create_time=now, modify_time=now)

    audit(brand, before={}, after=values, actor=actor)
    return brand


@transaction.atomic
def update_brand(*, brand_id: int, changes: dict[str, Any], actor: Actor) -> Brand:
    """Change some of a brand's fields. Raises ProductNotFound, InvalidProduct with the field, or NameTaken."""
    unknown = set(changes) - set(_CLEANERS)
    if unknown:
        raise TypeError(f"update_brand does not change {sorted(unknown)}")
    brand = Brand.objects.filter(pk=brand_id).first()
    if brand is None:
        raise ProductNotFound(details={"id": brand_id})
    values = {field: _CLEANERS[field](value) for field, value in changes.items()}
    before = {field: getattr(brand, field) for field in values}
    if values == before:
        return brand
    if values.get("name", brand.name) != brand.name:
        _refuse_taken(values["name"])

    for field, value in values.items():
        setattr(brand, field, value)
    brand.modify_time = clock.now()
    with refusing(_REFUSALS):
        brand.save(update_fields=[*values, "modify_time"])

    audit(brand, before=before, after=values, actor=actor)
    return brand


def _refuse_taken(name: str) -> None:
    if Brand.objects.filter(name=name).exists():
        raise NameTaken(param="name")
