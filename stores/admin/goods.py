"""Back-office page of listings."""

from decimal import Decimal
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.views import ChangeList

from stores.admin.scope import StoreScopeMixin
from stores.choices import GOODS_MACHINE, GoodsStatus
from stores.models import Goods
from stores.selectors import GoodsStock, goods_stock
from stores.services import list_goods, set_goods_status, update_goods
from vmi.core.admin import ModelAdmin, namespace_site, service_action, status_badge, status_column
from vmi.core.admin.columns import link_to, reference_column
from vmi.core.admin.export import Columns, ExportMixin
from vmi.core.admin.filters import status_filter

TEXT_FIELDS = ("name", "description", "parameter", "service_info", "price")


class GoodsChangeList(ChangeList):
    """A page of listings with their stock, asked once for the whole page (C-01)."""

    def get_results(self, request: HttpRequest) -> None:
        """Attach what the stock core says to each row."""
        super().get_results(request)
        rows: list[Any] = list(self.result_list)  # type: ignore[has-type]
        stock = goods_stock(rows)
        for row in rows:
            row.stock = stock[row.pk]
        self.result_list = rows


def _in_status(status: GoodsStatus) -> Any:
    return lambda goods: goods.status_id == status


@admin.register(Goods, site=namespace_site)
class GoodsAdmin(ExportMixin, StoreScopeMixin, ModelAdmin):
    """What stores offer; count and sellable are read from the stock core and cannot be typed in."""

    store_name = reference_column("store", "stores_store", description=_("store"))
    list_display = ("sku", "name", "store_name", "price", "count", "sellable", "state", "waterfall")
    list_filter = (status_filter(GoodsStatus), "store")
    search_fields = ("sku", "name")
    list_select_related = ("store",)
    autocomplete_fields = ("store", "product")
    service_actions = ("put_on_sale", "take_off_sale")
    fieldsets = (
        (None, {"fields": (("store", "product"), ("sku", "badge"), "name", "price", ("count", "sellable"))}),
        (_("Texts"), {"fields": ("description", "parameter", "service_info")}),
    )
    add_fieldsets = (
        (None, {"fields": (("store", "product"), "name", "price", "description", "parameter", "service_info")}),
    )

    state = status_column(machine=GOODS_MACHINE)
    badge = status_badge(machine=GOODS_MACHINE)

    @display(description=_("waterfall"))
    def waterfall(self, obj: Goods) -> SafeString:
        """The way to the picture of the SKU's stock."""
        return link_to("inventory_waterfall", obj.product_id, _("open"))

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        """The list that asks for stock once."""
        return GoodsChangeList

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """A new listing has no state and no stock to show."""
        return self.add_fieldsets if obj is None else super().get_fieldsets(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[Any, ...]:
        """Store and SKU are fixed once listed."""
        return () if obj is None else ("store", "product", "sku", "badge", "count", "sellable")

    def count(self, goods: Goods) -> int:
        """Qualified units on the store's shelves."""
        return self._stock(goods).count

    count.short_description = _("on hand")  # type: ignore[attr-defined]

    def sellable(self, goods: Goods) -> int:
        """Units the store may sell now."""
        return self._stock(goods).sellable

    sellable.short_description = _("sellable")  # type: ignore[attr-defined]

    @staticmethod
    def _stock(goods: Goods) -> GoodsStock:
        stock: GoodsStock | None = getattr(goods, "stock", None)
        return stock or goods_stock([goods])[goods.pk]

    def save_model(self, request: HttpRequest, obj: Goods, form: Any, change: bool) -> None:
        """List or change through the same commands as the API."""
        texts = {name: getattr(obj, name) for name in TEXT_FIELDS}
        if change:
            changed = {name: texts[name] for name in form.changed_data if name in texts}
            update_goods(goods_id=obj.pk, actor=self.actor(request), **changed)
            return
        self.require_store(request, obj.store_id)
        listed = list_goods(store_id=obj.store_id, sku_id=obj.product_id, actor=self.actor(request), **texts)
        obj.pk, obj.sku = listed.pk, listed.sku

    @service_action(
        description=_("Put on sale"), permission="stores.change_goods", when=_in_status(GoodsStatus.OFF_SALE)
    )
    def put_on_sale(self, request: HttpRequest, obj: Goods) -> None:
        """Offer it."""
        set_goods_status(goods_id=obj.pk, status=GoodsStatus.ON_SALE, actor=self.actor(request))

    @service_action(
        description=_("Take off sale"), permission="stores.change_goods", when=_in_status(GoodsStatus.ON_SALE)
    )
    def take_off_sale(self, request: HttpRequest, obj: Goods) -> None:
        """Stop offering it; orders already placed are not touched."""
        set_goods_status(goods_id=obj.pk, status=GoodsStatus.OFF_SALE, actor=self.actor(request))

    def export_columns(self) -> Columns:
        """The columns of the list."""
        return {
            str(_("SKU code")): lambda row: row.sku,
            str(_("name")): lambda row: row.name,
            str(_("store")): lambda row: row.store.code,
            str(_("price")): lambda row: Decimal(row.price),
            str(_("status")): lambda row: str(row.status),
        }
