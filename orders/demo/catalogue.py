"""The chapter of brands, categories and products."""

from decimal import Decimal

from catalog.services import (
    SkuInput,
    create_brand,
    create_category,
    create_product,
    publish_product,
    withdraw_product,
)
from orders.demo.catalogue_data import ARTICLES, BRANDS, CATEGORIES, Article
from vmi.core.actors import Actor

BARCODE_BASE = 6_901_234_000_000
"""Barcodes count up from here."""


def load_catalogue(actor: Actor) -> None:
    """Everything the shops sell, on the shelf unless its state says otherwise."""
    brands = {
        name: int(create_brand(name=name, description=description, sort=number, actor=actor).pk)
        for number, (name, description) in enumerate(BRANDS, 1)
    }
    categories = _categories(actor)
    number = BARCODE_BASE
    for article in ARTICLES:
        product_id = _product(article, brands, categories, number, actor)
        number += len(article.variants)
        if article.state != "draft":
            publish_product(product_id=product_id, actor=actor)
        if article.state == "off":
            withdraw_product(product_id=product_id, actor=actor)


def _categories(actor: Actor) -> dict[str, int]:
    """Ids of the lowest level by name."""
    found: dict[str, int] = {}
    for top_sort, (top, middles) in enumerate(CATEGORIES.items(), 1):
        top_id = create_category(name=top, sort=top_sort, actor=actor).pk
        for middle_sort, (middle, leaves) in enumerate(middles.items(), 1):
            middle_id = create_category(name=middle, parent_id=top_id, sort=middle_sort, actor=actor).pk
            for sort, leaf in enumerate(leaves, 1):
                found[leaf] = create_category(name=leaf, parent_id=middle_id, sort=sort, actor=actor).pk
    return found


def _product(article: Article, brands: dict[str, int], categories: dict[str, int], number: int, actor: Actor) -> int:
    product = create_product(
        name=article.name,
        description=f"{article.brand} {article.name}，正品保证，七天无理由退货。",
        expire_days=article.expire_days,
        tags=article.tags,
        category_id=categories[article.category],
        brand_id=brands[article.brand],
        unit=article.unit,
        weight=Decimal(article.weight),
        skus=[
            SkuInput(
                sku=variant.code,
                name=f"{article.name} {' '.join(variant.values)}",
                spec=dict(zip(article.axes, variant.values, strict=True)),
                list_price=Decimal(variant.price),
                barcode=str(number + index),
            )
            for index, variant in enumerate(article.variants, 1)
        ],
        actor=actor,
    )
    return int(product.pk)
