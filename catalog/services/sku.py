"""Creating and changing SKUs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from django.db import transaction
from django.db.models.functions import Upper

from catalog.exceptions import BarcodeTaken, ProductNotFound, SkuTaken
from catalog.locks import lock_product
from catalog.models import Product, ProductInfo
from catalog.services import fields
from vmi.core import clock
from vmi.core.actors import Actor
from vmi.core.integrity import refusing
from vmi.events.services import audit

BATCH_SIZE: Final = 1_000

SKU_REFUSALS: Final = {
    "catalog_productinfo_sku": lambda: SkuTaken(param="sku"),
    "catalog_productinfo_barcode": lambda: BarcodeTaken(param="barcode"),
}
"""What a broken unique key means to the caller (reliability R29)."""

SKU_CLEANERS: Final[dict[str, Callable[..., Any]]] = {
    "name": fields.clean_sku_name,
    "spec": fields.clean_spec,
    "description": fields.clean_description,
    "image": fields.clean_images,
    "list_price": fields.clean_price,
    "barcode": fields.clean_barcode,
}
"""What may be changed on a SKU, and how it is checked; the code is fixed."""


@dataclass(frozen=True, slots=True)
class SkuInput:
    """A SKU to create; an empty ``name`` takes the product's."""

    sku: str
    description: str = ""
    images: Sequence[str] = ()
    list_price: Decimal | None = None
    name: str = ""
    spec: Mapping[str, str] = field(default_factory=dict)
    barcode: str = ""


@transaction.atomic
def add_sku(*, product_id: int, sku: SkuInput, actor: Actor) -> ProductInfo:
    """Add a SKU to a product. Raises ProductNotFound, InvalidProduct with the field, SkuTaken or BarcodeTaken."""
    now = clock.now()
    product = lock_product(product_id)
    if product is None:
        raise ProductNotFound(details={"id": product_id}, param="product")

    row = insert_skus([(product, sku, "")], now=now, actor=actor)[0]

    audit(row, before={}, after={"sku": row.sku, "list_price": row.list_price, "product": product.pk}, actor=actor)
    return row


@transaction.atomic
def update_sku(*, sku_id: int, changes: dict[str, Any], actor: Actor) -> ProductInfo:
    """Change some of a SKU's fields; its code and product are fixed, because stock and documents know it by them.

    Raises ProductNotFound, InvalidProduct with the field, or BarcodeTaken. Audited with old and new values.
    """
    unknown = set(changes) - set(SKU_CLEANERS)
    if unknown:
        raise TypeError(f"update_sku does not change {sorted(unknown)}")
    row = ProductInfo.objects.select_related("product").filter(pk=sku_id).first()
    if row is None:
        raise ProductNotFound(details={"id": sku_id})
    values = {name: SKU_CLEANERS[name](value) for name, value in changes.items()}
    if values.get("name") == "":
        values["name"] = row.product.name
    before = {name: getattr(row, name) for name in values}
    changed = {name: value for name, value in values.items() if value != before[name]}
    if not changed:
        return row

    for name, value in changed.items():
        setattr(row, name, value)
    row.modify_time = clock.now()
    with refusing(SKU_REFUSALS):
        row.save(update_fields=[*changed, "modify_time"])

    audit(row, before=before, after=changed, actor=actor)
    return row


def insert_skus(wanted: Sequence[tuple[Product, SkuInput, str]], *, now: datetime, actor: Actor) -> list[ProductInfo]:
    """Check and insert SKUs of stored products in a few statements; the text leads ``param`` (``skus[0].``)."""
    rows = [_row(product, sku, path, now=now, actor=actor) for product, sku, path in wanted]
    _refuse_taken(rows, [path for _product, _sku, path in wanted])
    with refusing(SKU_REFUSALS):
        return ProductInfo.objects.bulk_create(rows, batch_size=BATCH_SIZE)


def _row(product: Product, sku: SkuInput, path: str, *, now: datetime, actor: Actor) -> ProductInfo:
    return ProductInfo(
        product=product,
        sku=fields.clean_sku(sku.sku, param=f"{path}sku"),
        name=fields.clean_sku_name(sku.name, param=f"{path}name") or product.name,
        spec=fields.clean_spec(sku.spec, param=f"{path}spec"),
        description=fields.clean_description(sku.description, param=f"{path}description"),
        image=fields.clean_images(sku.images, param=f"{path}image"),
        list_price=fields.clean_price(sku.list_price, param=f"{path}listPrice"),
        barcode=fields.clean_barcode(sku.barcode, param=f"{path}barcode"),
        creater_id=actor.user_id,
        create_time=now,
        modify_time=now,
    )


def _refuse_taken(rows: Sequence[ProductInfo], paths: Sequence[str]) -> None:
    """Codes and barcodes given twice, or stored already, named by their line; the unique keys decide the race."""
    codes = {row.sku.upper() for row in rows}
    stored = ProductInfo.objects.annotate(code_upper=Upper("sku")).filter(code_upper__in=codes)
    taken = set(stored.values_list("code_upper", flat=True))
    barcodes = {row.barcode for row in rows if row.barcode}
    used = (
        set(ProductInfo.objects.filter(barcode__in=barcodes).values_list("barcode", flat=True)) if barcodes else set()
    )
    for row, path in zip(rows, paths, strict=True):
        if row.sku.upper() in taken:
            raise SkuTaken(param=f"{path}sku", details={"sku": row.sku})
        if row.barcode in used:
            raise BarcodeTaken(param=f"{path}barcode", details={"barcode": row.barcode})
        taken.add(row.sku.upper())
        if row.barcode:
            used.add(row.barcode)
