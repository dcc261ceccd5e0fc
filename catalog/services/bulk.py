"""Creating many products at once: imports and replays."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from catalog.choices import ProductStatus
from catalog.exceptions import InvalidProduct, ProductWithoutSku
from catalog.models import Brand, Category, Product
from catalog.services import fields
from catalog.services.sku import BATCH_SIZE, SkuInput, insert_skus
from vmi.core import clock
from vmi.core.actors import Actor
from vmi.events.catalogue import ObjectChanged
from vmi.events.services import Entry, record_many

ROWS_MAX: Final = 50_000


@dataclass(frozen=True, slots=True)
class ProductRow:
    """One product to create with its SKUs; ``publish`` puts it on the shelf at once."""

    name: str
    skus: Sequence[SkuInput]
    description: str = ""
    images: Sequence[str] = ()
    expire_days: int | None = None
    tags: Sequence[str] = ()
    category_id: int | None = None
    brand_id: int | None = None
    unit: str = ""
    weight: Decimal | None = None
    publish: bool = False


@transaction.atomic
def create_products_bulk(rows: Sequence[ProductRow], actor: Actor) -> list[Product]:
    """Create all products or none, in the order given, in a few statements per thousand.

    Same checks as :func:`catalog.services.create_product`; a refusal names the row (``rows[3].skus[0].sku``).
    """
    if len(rows) > ROWS_MAX:
        raise InvalidProduct(_("May have at most %(limit)s entries."), param="rows", details={"limit": ROWS_MAX})
    now = clock.now()
    _refuse_unknown_references(rows)
    products = [_product(row, f"rows[{index}].") for index, row in enumerate(rows)]
    for product in products:
        product.creater_id = actor.user_id
        product.create_time = product.modify_time = now

    created = Product.objects.bulk_create(products, batch_size=BATCH_SIZE)
    wanted = [
        (product, sku, f"rows[{index}].skus[{number}].")
        for index, (product, row) in enumerate(zip(created, rows, strict=True))
        for number, sku in enumerate(row.skus)
    ]
    insert_skus(wanted, now=now, actor=actor)

    record_many([_entry(product, row) for product, row in zip(created, rows, strict=True)], actor=actor)
    return created


def _product(row: ProductRow, path: str) -> Product:
    if row.publish and not row.skus:
        raise ProductWithoutSku(param=f"{path}skus")
    return Product(
        name=fields.clean_product_name(row.name, param=f"{path}name"),
        description=fields.clean_description(row.description, param=f"{path}description"),
        image=fields.clean_images(row.images, param=f"{path}image"),
        expire=fields.clean_expire(row.expire_days, param=f"{path}expire"),
        tags=fields.clean_tags(row.tags, param=f"{path}tags"),
        unit=fields.clean_unit(row.unit, param=f"{path}unit"),
        weight=fields.clean_weight(row.weight, param=f"{path}weight"),
        category_id=row.category_id,
        brand_id=row.brand_id,
        status_id=ProductStatus.ON_SHELF if row.publish else ProductStatus.DRAFT,
    )


def _refuse_unknown_references(rows: Sequence[ProductRow]) -> None:
    categories = set(Category.objects.filter(pk__in={row.category_id for row in rows}).values_list("pk", flat=True))
    brands = set(Brand.objects.filter(pk__in={row.brand_id for row in rows}).values_list("pk", flat=True))
    for index, row in enumerate(rows):
        if row.category_id is not None and row.category_id not in categories:
            raise InvalidProduct(
                _("There is no such category."), code="unknown_reference", param=f"rows[{index}].category"
            )
        if row.brand_id is not None and row.brand_id not in brands:
            raise InvalidProduct(_("There is no such brand."), code="unknown_reference", param=f"rows[{index}].brand")


def _entry(product: Product, row: ProductRow) -> Entry:
    """The audit row of one new product, in the form :func:`vmi.events.services.audit` gives it."""
    changes = {
        "name": [None, product.name],
        "status": [None, int(ProductStatus.ON_SHELF if row.publish else ProductStatus.DRAFT)],
        "skus": [None, ", ".join(sku.sku for sku in row.skus)],
    }
    label = product._meta.label_lower
    return Entry(ObjectChanged(model=label, pk=product.pk, changes=changes), subject=f"{label}:{product.pk}")
