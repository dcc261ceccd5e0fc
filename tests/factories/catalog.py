"""Categories, brands, products and SKUs, valid by default."""

import itertools
from decimal import Decimal
from typing import Any

from catalog.models import Brand, Category, Product, ProductInfo
from catalog.services import SkuInput, create_brand, create_category, create_product, publish_product
from vmi.core.actors import system_actor

_numbers = itertools.count(1)


def sku_input(**fields: Any) -> SkuInput:
    """A SKU code never used before, at 10.00."""
    fields.setdefault("sku", f"SKU-{next(_numbers):05d}")
    fields.setdefault("list_price", Decimal("10.00"))
    return SkuInput(**fields)


def make_product(*, published: bool = False, **fields: Any) -> Product:
    """A product with one SKU."""
    fields.setdefault("name", f"商品 {next(_numbers)}")
    fields.setdefault("skus", [sku_input()])
    product = create_product(**fields, actor=system_actor())
    return publish_product(product_id=product.pk, actor=system_actor()) if published else product


def make_sku(*, published: bool = True, **fields: Any) -> ProductInfo:
    """The only SKU of a new product, on the shelf by default."""
    product = make_product(published=published, skus=[sku_input(**fields)])
    return ProductInfo.objects.get(product=product)


def make_category(**fields: Any) -> Category:
    """A root category."""
    fields.setdefault("name", f"分类 {next(_numbers)}")
    return create_category(**fields, actor=system_actor())


def make_brand(**fields: Any) -> Brand:
    """A brand."""
    fields.setdefault("name", f"品牌 {next(_numbers)}")
    return create_brand(**fields, actor=system_actor())
