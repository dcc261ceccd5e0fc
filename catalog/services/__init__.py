"""Commands of the app: its table of contents."""

from catalog.services.brand import create_brand, update_brand
from catalog.services.bulk import ProductRow, create_products_bulk
from catalog.services.category import create_category, update_category
from catalog.services.product import create_product, update_product
from catalog.services.publish import publish_product, withdraw_product
from catalog.services.sku import SkuInput, add_sku, update_sku

__all__ = [
    "ProductRow",
    "SkuInput",
    "add_sku",
    "create_brand",
    "create_category",
    "create_product",
    "create_products_bulk",
    "publish_product",
    "update_brand",
    "update_category",
    "update_product",
    "update_sku",
    "withdraw_product",
]
