"""Back-office pages of products and SKUs; every write goes through the same commands as the API."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, Max, Min, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from catalog.admin.forms import TextListsMixin
from catalog.choices import PRODUCT_MACHINE, ProductStatus
from catalog.models import Product, ProductInfo
from catalog.services import (
    SkuInput,
    add_sku,
    create_product,
    publish_product,
    update_product,
    update_sku,
    withdraw_product,
)
from vmi.core.admin import ModelAdmin, StackedInline, namespace_site, service_action, status_column
from vmi.core.admin.base import TRACKED_FIELDS
from vmi.core.admin.export import Columns, ExportMixin
from vmi.core.admin.filters import status_filter

PRODUCT_FIELDS = ("name", "description", "image", "expire", "tags", "category_id", "brand_id", "unit", "weight")
SKU_FIELDS = ("name", "spec", "description", "image", "list_price", "barcode")


def changed_fields(obj: Any, changed: list[str], allowed: tuple[str, ...]) -> dict[str, Any]:
    """The changed form fields as a command takes them: references by ``…_id``."""
    named = {name: f"{name}_id" if f"{name}_id" in allowed else name for name in changed}
    return {name: getattr(obj, name) for name in named.values() if name in allowed}


def sku_input(obj: ProductInfo) -> SkuInput:
    """A SKU typed into a form as the commands take it."""
    return SkuInput(
        sku=obj.sku, name=obj.name, spec=obj.spec, description=obj.description, images=obj.image,
        list_price=obj.list_price, barcode=obj.barcode,
    )  # fmt: skip


class SkuInline(TextListsMixin, StackedInline):
    """The SKUs of a product; existing ones keep their code."""

    model = ProductInfo
    fields = (("sku", "name"), ("list_price", "barcode"), "spec", "image")
    show_change_link = True
    collapsible = True

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        """A SKU without a name takes the product's, so the form does not ask for one."""
        formset = super().get_formset(request, obj, **kwargs)
        formset.form.base_fields["name"].required = False
        return formset


@admin.register(Product, site=namespace_site)
class ProductAdmin(TextListsMixin, ExportMixin, ModelAdmin):
    """Products with their SKUs and the range of list prices (C-20)."""

    list_display = ("name", "category", "brand", "sku_count", "price_range", "state", "modify_time")
    list_filter = (status_filter(ProductStatus), "category", "brand")
    search_fields = ("name", "skus__sku", "skus__barcode")
    list_select_related = ("category", "brand")
    autocomplete_fields = ("category", "brand")
    service_actions = ("publish", "withdraw")
    inlines = (SkuInline,)
    fieldsets = (
        (None, {"fields": ("name", "state", ("category", "brand"), ("unit", "weight", "expire"))}),
        (_("Description"), {"fields": ("description", "image", "tags")}),
        (_("Record"), {"fields": (TRACKED_FIELDS,)}),
    )
    add_fieldsets = (
        (None, {"fields": ("name", ("category", "brand"), ("unit", "weight", "expire"))}),
        (_("Description"), {"fields": ("description", "image", "tags")}),
    )

    state = status_column(machine=PRODUCT_MACHINE)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Product]:
        """Products with the figures of their SKUs, in the list's own query."""
        figures = {"n_skus": Count("skus"), "low": Min("skus__list_price"), "high": Max("skus__list_price")}
        return super().get_queryset(request).annotate(**figures)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """A new product has no state to show."""
        return self.add_fieldsets if obj is None else super().get_fieldsets(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[Any, ...]:
        """The state moves by actions only."""
        return () if obj is None else ("state", *TRACKED_FIELDS)

    @admin.display(description=_("SKUs"))
    def sku_count(self, product: Any) -> int:
        """How many SKUs the product has."""
        return int(product.n_skus)

    @admin.display(description=_("list price"))
    def price_range(self, product: Any) -> str:
        """Lowest to highest list price."""
        if product.low is None:
            return "–"
        return str(product.low) if product.low == product.high else f"{product.low} – {product.high}"

    def save_model(self, request: HttpRequest, obj: Product, form: Any, change: bool) -> None:
        """Create or change by command."""
        if change:
            changes = changed_fields(obj, form.changed_data, PRODUCT_FIELDS)
            update_product(product_id=obj.pk, changes=changes, actor=self.actor(request))
            return
        values = {name: getattr(obj, name) for name in PRODUCT_FIELDS if name not in ("image", "expire")}
        obj.pk = create_product(**values, images=obj.image, expire_days=obj.expire, actor=self.actor(request)).pk

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Add and change SKUs by command; deletion is not offered."""
        product_id, actor = form.instance.pk, self.actor(request)
        formset.new_objects, formset.changed_objects, formset.deleted_objects = [], [], []
        for line in formset.forms:
            if not line.has_changed():
                continue
            if line.instance.pk is None:
                formset.new_objects.append(add_sku(product_id=product_id, sku=sku_input(line.instance), actor=actor))
            else:
                changes = changed_fields(line.instance, line.changed_data, SKU_FIELDS)
                update_sku(sku_id=line.instance.pk, changes=changes, actor=actor)
                formset.changed_objects.append((line.instance, line.changed_data))

    @service_action(
        description=_("put on the shelf"),
        permission="catalog.publish_product",
        when=lambda product: product.status_id != ProductStatus.ON_SHELF,
    )
    def publish(self, request: HttpRequest, obj: Product) -> None:
        """Offer the product."""
        publish_product(product_id=obj.pk, actor=self.actor(request))

    @service_action(
        description=_("take off the shelf"),
        permission="catalog.publish_product",
        when=lambda product: product.status_id == ProductStatus.ON_SHELF,
    )
    def withdraw(self, request: HttpRequest, obj: Product) -> None:
        """Stop offering the product."""
        withdraw_product(product_id=obj.pk, actor=self.actor(request))

    def export_columns(self) -> Columns:
        """The columns of the file."""
        return {
            "id": lambda row: row.pk,
            str(_("name")): lambda row: row.name,
            str(_("category")): lambda row: row.category.name if row.category else "",
            str(_("brand")): lambda row: row.brand.name if row.brand else "",
            str(_("SKUs")): lambda row: row.n_skus,
            str(_("lowest list price")): lambda row: row.low,
            str(_("highest list price")): lambda row: row.high,
            str(_("status")): lambda row: str(row.status),
        }


@admin.register(ProductInfo, site=namespace_site)
class ProductInfoAdmin(TextListsMixin, ExportMixin, ModelAdmin):
    """SKUs; code and product are fixed after creation."""

    list_display = ("sku", "name", "product", "list_price", "barcode", "modify_time")
    list_filter = ("product__category", "product__brand")
    search_fields = ("sku", "name", "barcode", "product__name")
    list_select_related = ("product",)
    autocomplete_fields = ("product",)
    ordering = ("-id",)
    fieldsets = (
        (None, {"fields": (("sku", "product"), "name", ("list_price", "barcode"), "spec")}),
        (_("Description"), {"fields": ("description", "image")}),
    )

    def get_form(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        """A SKU without a name takes the product's."""
        form = super().get_form(request, obj, **kwargs)
        if "name" in form.base_fields:
            form.base_fields["name"].required = False
        return form

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[Any, ...]:
        """Stock and documents know a SKU by its code."""
        return () if obj is None else ("sku", "product")

    def save_model(self, request: HttpRequest, obj: ProductInfo, form: Any, change: bool) -> None:
        """Add or change by command."""
        if change:
            changes = changed_fields(obj, form.changed_data, SKU_FIELDS)
            update_sku(sku_id=obj.pk, changes=changes, actor=self.actor(request))
            return
        obj.pk = add_sku(product_id=obj.product_id, sku=sku_input(obj), actor=self.actor(request)).pk

    def export_columns(self) -> Columns:
        """The columns of the file."""
        return {
            str(_("SKU")): lambda row: row.sku,
            str(_("name")): lambda row: row.name,
            str(_("product")): lambda row: row.product.name,
            str(_("list price")): lambda row: row.list_price,
            str(_("barcode")): lambda row: row.barcode,
        }
