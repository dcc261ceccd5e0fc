"""Bodies and answers of the catalogue resources."""

from typing import Any

from rest_framework import serializers

from catalog.models import Brand, Category, Product, ProductInfo
from catalog.services import SkuInput
from vmi.api.serializers import CamelModelSerializer, CharField, MoneyField, TrackedSerializer


class TextsField(serializers.ListField):
    """A list of short texts."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(child=CharField(max_length=500), required=False, max_length=20, **kwargs)


class SkuLineSerializer(CamelModelSerializer):
    """A SKU inside its product."""

    name = CharField(max_length=200, required=False, allow_blank=True, default="")
    image = TextsField()
    spec = serializers.DictField(child=CharField(max_length=100), required=False)

    class Meta:
        model = ProductInfo
        fields = ("id", "sku", "name", "spec", "description", "image", "list_price", "barcode")


class ProductSerializer(TrackedSerializer):
    """A product with its SKUs; the range of their list prices stands beside them (C-20)."""

    image = TextsField()
    tags = TextsField()
    skus = SkuLineSerializer(many=True, required=False)
    price_min = serializers.SerializerMethodField()
    price_max = serializers.SerializerMethodField()

    class Meta:
        model = Product
        fields = (
            "id", "name", "description", "image", "expire", "tags", "category", "brand", "unit", "weight", "status",
            "price_min", "price_max", "skus",
        )  # fmt: skip

    def get_price_min(self, product: Product) -> str | None:
        """The lowest list price, as a string."""
        return _money(min(_prices(product), default=None))

    def get_price_max(self, product: Product) -> str | None:
        """The highest list price, as a string."""
        return _money(max(_prices(product), default=None))


class ProductChangeSerializer(ProductSerializer):
    """A product being changed; its SKUs have an endpoint of their own."""

    skus = SkuLineSerializer(many=True, read_only=True)


class ProductInfoSerializer(TrackedSerializer):
    """A SKU (S000-15)."""

    name = CharField(max_length=200, required=False, allow_blank=True, default="")
    image = TextsField()
    spec = serializers.DictField(child=CharField(max_length=100), required=False)

    class Meta:
        model = ProductInfo
        fields = ("id", "sku", "name", "spec", "description", "image", "product", "list_price", "barcode")


class ProductInfoChangeSerializer(ProductInfoSerializer):
    """A SKU being changed; its code and product are fixed."""

    class Meta(ProductInfoSerializer.Meta):
        read_only_fields = ("sku", "product")


class CategorySerializer(TrackedSerializer):
    """A node of the category tree (S002-5)."""

    class Meta:
        model = Category
        fields = ("id", "name", "parent", "level", "sort", "icon", "visible")
        read_only_fields = ("level",)


class BrandSerializer(TrackedSerializer):
    """A brand (S002-6)."""

    class Meta:
        model = Brand
        fields = ("id", "name", "logo", "description", "sort", "visible")


def sku_input(data: dict[str, Any]) -> SkuInput:
    """Validated fields of a SKU as the commands take them."""
    given = dict(data)
    given["images"] = given.pop("image", [])
    return SkuInput(**given)


def _prices(product: Product) -> list[Any]:
    return [sku.list_price for sku in product.skus.all() if sku.list_price is not None]


def _money(value: Any) -> str | None:
    return None if value is None else MoneyField().to_representation(value)
