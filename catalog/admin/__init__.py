"""Back-office pages of the catalogue."""

from catalog.admin.product import ProductAdmin, ProductInfoAdmin
from catalog.admin.tree import BrandAdmin, CategoryAdmin

__all__ = ["BrandAdmin", "CategoryAdmin", "ProductAdmin", "ProductInfoAdmin"]
