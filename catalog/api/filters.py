"""Filters of the catalogue lists."""

from catalog.models import Brand, Category, Product, ProductInfo
from vmi.api.filters import CamelFilterSet, TextFilter


class ProductFilter(CamelFilterSet):
    """By part of the name, state, category, brand."""

    name = TextFilter(lookup_expr="icontains")

    class Meta:
        model = Product
        fields = ("status", "category", "brand")


class ProductInfoFilter(CamelFilterSet):
    """By SKU code whatever its case, barcode, part of the name, product."""

    sku = TextFilter(lookup_expr="iexact")
    name = TextFilter(lookup_expr="icontains")

    class Meta:
        model = ProductInfo
        fields = ("barcode", "product")


class CategoryFilter(CamelFilterSet):
    """By parent, level, visibility, part of the name."""

    name = TextFilter(lookup_expr="icontains")

    class Meta:
        model = Category
        fields = ("parent", "level", "visible")


class BrandFilter(CamelFilterSet):
    """By part of the name, visibility."""

    name = TextFilter(lookup_expr="icontains")

    class Meta:
        model = Brand
        fields = ("visible",)
