"""Creating and changing products."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from catalog.exceptions import InvalidProduct, ProductNotFound
from catalog.locks import lock_product
from catalog.models import Brand, Category, Product
from catalog.services import fields
from catalog.services.sku import SkuInput, insert_skus
from vmi.core import clock
from vmi.core.actors import Actor
from vmi.events.services import audit

Cleaner = Callable[[Any], Any]


def existing_category(category_id: int | None) -> int | None:
    """The id of a category of this namespace, or none. Raises InvalidProduct."""
    if category_id is not None and not Category.objects.filter(pk=category_id).exists():
        raise InvalidProduct(_("There is no such category."), code="unknown_reference", param="category")
    return category_id


def existing_brand(brand_id: int | None) -> int | None:
    """The id of a brand of this namespace, or none. Raises InvalidProduct."""
    if brand_id is not None and not Brand.objects.filter(pk=brand_id).exists():
        raise InvalidProduct(_("There is no such brand."), code="unknown_reference", param="brand")
    return brand_id


PRODUCT_CLEANERS: Final[dict[str, Cleaner]] = {
    "name": fields.clean_product_name,
    "description": fields.clean_description,
    "image": fields.clean_images,
    "expire": fields.clean_expire,
    "tags": fields.clean_tags,
    "category_id": existing_category,
    "brand_id": existing_brand,
    "unit": fields.clean_unit,
    "weight": fields.clean_weight,
}
"""What may be given for a product, and how it is checked."""


@transaction.atomic
def create_product(
    *,
    name: str,
    description: str = "",
    images: Sequence[str] = (),
    expire_days: int | None = None,
    tags: Sequence[str] = (),
    category_id: int | None = None,
    brand_id: int | None = None,
    unit: str = "",
    weight: Decimal | None = None,
    skus: Sequence[SkuInput] = (),
    actor: Actor,
) -> Product:
    """Create a product as a draft, with its SKUs (S000-13…15). Units: days of shelf life, kilograms.

    Raises InvalidProduct with the field (``skus[0].listPrice``), SkuTaken or BarcodeTaken; nothing is written then.
    """
    now = clock.now()
    given = {
        "name": name, "description": description, "image": images, "expire": expire_days, "tags": tags,
        "category_id": category_id, "brand_id": brand_id, "unit": unit, "weight": weight,
    }  # fmt: skip
    values = {field: PRODUCT_CLEANERS[field](value) for field, value in given.items()}

    product = Product.objects.create(**values, creater_id=actor.user_id, create_time=now, modify_time=now)
    insert_skus([(product, sku, f"skus[{index}].") for index, sku in enumerate(skus)], now=now, actor=actor)

    audit(product, before={}, after={**values, "skus": ", ".join(sku.sku for sku in skus)}, actor=actor)
    return product


@transaction.atomic
def update_product(*, product_id: int, changes: dict[str, Any], actor: Actor) -> Product:
    """Change some of a product's fields (``image``, ``expire``, ``category_id`` …); the state has commands of its own.

    Raises ProductNotFound or InvalidProduct with the field. Audited with old and new values.
    """
    unknown = set(changes) - set(PRODUCT_CLEANERS)
    if unknown:
        raise TypeError(f"update_product does not change {sorted(unknown)}")
    product = lock_product(product_id)
    if product is None:
        raise ProductNotFound(details={"id": product_id})
    values = {field: PRODUCT_CLEANERS[field](value) for field, value in changes.items()}
    before = {field: getattr(product, field) for field in values}
    changed = {field: value for field, value in values.items() if value != before[field]}
    if not changed:
        return product

    for field, value in changed.items():
        setattr(product, field, value)
    product.modify_time = clock.now()
    product.save(update_fields=[*changed, "modify_time"])

    audit(product, before=before, after=changed, actor=actor)
    return product
