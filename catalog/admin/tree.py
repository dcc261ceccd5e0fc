"""Back-office pages of categories and brands."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from catalog.admin.product import changed_fields
from catalog.models import Brand, Category
from catalog.services import create_brand, create_category, update_brand, update_category
from vmi.core.admin import ModelAdmin, namespace_site

CATEGORY_FIELDS = ("name", "parent_id", "sort", "icon", "visible")
BRAND_FIELDS = ("name", "logo", "description", "sort", "visible")


@admin.register(Category, site=namespace_site)
class CategoryAdmin(ModelAdmin):
    """The tree, indented by level."""

    list_display = ("indented", "parent", "level", "sort", "visible")
    list_display_links = ("indented",)
    list_filter = ("level", "visible")
    search_fields = ("name",)
    list_select_related = ("parent",)
    autocomplete_fields = ("parent",)
    fieldsets = ((None, {"fields": ("name", "parent", ("sort", "visible"), "icon")}),)

    @admin.display(description=_("name"), ordering="name")
    def indented(self, category: Category) -> SafeString:
        """The name, moved to the right by its level."""
        return format_html('<span style="padding-left:{}em">{}</span>', 1.5 * (category.level - 1), category.name)

    def save_model(self, request: HttpRequest, obj: Category, form: Any, change: bool) -> None:
        """Add, change or move by command."""
        if change:
            changes = changed_fields(obj, form.changed_data, CATEGORY_FIELDS)
            update_category(category_id=obj.pk, changes=changes, actor=self.actor(request))
            return
        values = {name: getattr(obj, name) for name in CATEGORY_FIELDS}
        obj.pk = create_category(**values, actor=self.actor(request)).pk


@admin.register(Brand, site=namespace_site)
class BrandAdmin(ModelAdmin):
    """Brands."""

    list_display = ("name", "description", "sort", "visible")
    list_filter = ("visible",)
    search_fields = ("name",)
    fieldsets = ((None, {"fields": ("name", "logo", ("sort", "visible"), "description")}),)

    def save_model(self, request: HttpRequest, obj: Brand, form: Any, change: bool) -> None:
        """Add or change by command."""
        if change:
            changes = changed_fields(obj, form.changed_data, BRAND_FIELDS)
            update_brand(brand_id=obj.pk, changes=changes, actor=self.actor(request))
            return
        values = {name: getattr(obj, name) for name in BRAND_FIELDS}
        obj.pk = create_brand(**values, actor=self.actor(request)).pk
