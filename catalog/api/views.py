"""Endpoints of the catalogue."""

from typing import Any

from django.db.models import QuerySet

from catalog.api.filters import BrandFilter, CategoryFilter, ProductFilter, ProductInfoFilter
from catalog.api.serializers import (
    BrandSerializer,
    CategorySerializer,
    ProductChangeSerializer,
    ProductInfoChangeSerializer,
    ProductInfoSerializer,
    ProductSerializer,
    sku_input,
)
from catalog.choices import ProductStatus
from catalog.models import Brand, Category, Product, ProductInfo
from catalog.services import (
    add_sku,
    create_brand,
    create_category,
    create_product,
    publish_product,
    update_brand,
    update_category,
    update_product,
    update_sku,
    withdraw_product,
)
from vmi.api.viewsets import CrudViewSet, command

CHANGES = frozenset({"update", "partial_update"})
SHOWN = frozenset({"list", "retrieve"})


def _ids(data: dict[str, Any], *names: str) -> dict[str, Any]:
    """References as the commands take them: ``category`` becomes ``category_id``."""
    given = dict(data)
    for name in names:
        if name in given:
            reference = given.pop(name)
            given[f"{name}_id"] = None if reference is None else reference.pk
    return given


class ProductViewSet(CrudViewSet):
    """Products (S000-13). Members see what is on the shelf."""

    queryset = Product.objects.prefetch_related("skus")
    serializer_class = ProductSerializer
    filterset_class = ProductFilter
    ordering_fields = ("id", "name", "create_time", "modify_time")
    customer_actions = SHOWN

    def get_serializer_class(self) -> Any:
        """Changing a product does not touch its SKUs."""
        return ProductChangeSerializer if self.action in CHANGES else ProductSerializer

    def customer_queryset(self, qs: QuerySet[Product], partner_id: int) -> QuerySet[Product]:
        """Products on the shelf."""
        return qs.filter(status_id=ProductStatus.ON_SHELF)

    def create_object(self, data: dict[str, Any]) -> Product:
        """Create a product as a draft, with its SKUs."""
        given = _ids(data, "category", "brand")
        skus = [sku_input(line) for line in given.pop("skus", [])]
        images, expire_days = given.pop("image", []), given.pop("expire", None)
        return create_product(**given, images=images, expire_days=expire_days, skus=skus, actor=self.actor)

    def update_object(self, instance: Any, data: dict[str, Any]) -> Product:
        """Change a product's fields."""
        return update_product(product_id=instance.pk, changes=_ids(data, "category", "brand"), actor=self.actor)

    @command(permission="catalog.publish_product")
    def publish(self, product: Product, data: dict[str, Any]) -> None:
        """Put a product on the shelf."""
        publish_product(product_id=product.pk, actor=self.actor)

    @command(permission="catalog.publish_product")
    def withdraw(self, product: Product, data: dict[str, Any]) -> None:
        """Take a product off the shelf."""
        withdraw_product(product_id=product.pk, actor=self.actor)


class ProductInfoViewSet(CrudViewSet):
    """SKUs (S000-15). Members see those of products on the shelf."""

    queryset = ProductInfo.objects.all()
    serializer_class = ProductInfoSerializer
    filterset_class = ProductInfoFilter
    ordering_fields = ("id", "sku", "list_price", "create_time")
    customer_actions = SHOWN

    def get_serializer_class(self) -> Any:
        """Code and product are fixed after creation."""
        return ProductInfoChangeSerializer if self.action in CHANGES else ProductInfoSerializer

    def customer_queryset(self, qs: QuerySet[ProductInfo], partner_id: int) -> QuerySet[ProductInfo]:
        """SKUs of products on the shelf."""
        return qs.filter(product__status_id=ProductStatus.ON_SHELF)

    def create_object(self, data: dict[str, Any]) -> ProductInfo:
        """Add a SKU to a product."""
        given = dict(data)
        product = given.pop("product")
        return add_sku(product_id=product.pk, sku=sku_input(given), actor=self.actor)

    def update_object(self, instance: Any, data: dict[str, Any]) -> ProductInfo:
        """Change a SKU's fields."""
        return update_sku(sku_id=instance.pk, changes=data, actor=self.actor)


class CategoryViewSet(CrudViewSet):
    """The category tree (S002-5). Members see its visible nodes."""

    queryset = Category.objects.all()
    serializer_class = CategorySerializer
    filterset_class = CategoryFilter
    ordering_fields = ("id", "sort", "level")
    ordering = ("level", "sort")
    customer_actions = SHOWN

    def customer_queryset(self, qs: QuerySet[Category], partner_id: int) -> QuerySet[Category]:
        """Visible categories."""
        return qs.filter(visible=True)

    def create_object(self, data: dict[str, Any]) -> Category:
        """Add a category."""
        return create_category(**_ids(data, "parent"), actor=self.actor)

    def update_object(self, instance: Any, data: dict[str, Any]) -> Category:
        """Change or move a category."""
        return update_category(category_id=instance.pk, changes=_ids(data, "parent"), actor=self.actor)


class BrandViewSet(CrudViewSet):
    """Brands (S002-6). Members see the visible ones."""

    queryset = Brand.objects.all()
    serializer_class = BrandSerializer
    filterset_class = BrandFilter
    ordering_fields = ("id", "sort", "name")
    ordering = ("sort",)
    customer_actions = SHOWN

    def customer_queryset(self, qs: QuerySet[Brand], partner_id: int) -> QuerySet[Brand]:
        """Visible brands."""
        return qs.filter(visible=True)

    def create_object(self, data: dict[str, Any]) -> Brand:
        """Add a brand."""
        return create_brand(**data, actor=self.actor)

    def update_object(self, instance: Any, data: dict[str, Any]) -> Brand:
        """Change a brand."""
        return update_brand(brand_id=instance.pk, changes=data, actor=self.actor)
