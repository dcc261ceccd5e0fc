"""Tables of the app; private to it, others go through services and selectors."""

from catalog.models.brand import Brand
from catalog.models.category import Category
from catalog.models.product import Product
from catalog.models.sku import ProductInfo

__all__ = ["Brand", "Category", "Product", "ProductInfo"]
