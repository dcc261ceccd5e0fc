"""The listing of a SKU in a store."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from stores.choices import GoodsStatus
from vmi.core.fields import CODE_LENGTH_MAX, MoneyField
from vmi.core.models import TrackedModel
from vmi.statuses.fields import StatusField, status_check


class Goods(TrackedModel):
    """What a store offers and for how much (S000-17, C-20).

    How many units lie on its shelves and how many may be sold is asked from the stock core, never stored (C-01).
    """

    store = models.ForeignKey("stores.Store", verbose_name=_("store"), on_delete=models.PROTECT, related_name="goods")
    product = models.ForeignKey(
        "catalog.ProductInfo", verbose_name=_("SKU"), on_delete=models.PROTECT, related_name="+"
    )
    sku = models.CharField(_("SKU code"), max_length=CODE_LENGTH_MAX, db_index=True)
    name = models.CharField(_("name"), max_length=200)
    description = models.CharField(_("description"), max_length=2000, blank=True, default="")
    parameter = models.CharField(_("parameter"), max_length=2000, blank=True, default="")
    service_info = models.CharField(_("service information"), max_length=2000, blank=True, default="")
    price = MoneyField(_("price"))
    status = StatusField(GoodsStatus, verbose_name=_("status"), default=GoodsStatus.ON_SALE)

    class Meta:
        verbose_name = _("goods")
        verbose_name_plural = _("goods")
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=("store", "product"), name="stores_goods_store_product"),
            models.CheckConstraint(condition=Q(price__gte=0), name="stores_goods_price"),
            status_check("status", GoodsStatus, "stores_goods_status"),
        )

    def __str__(self) -> str:
        return f"{self.sku} {self.name}"
