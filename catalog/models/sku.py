"""SKUs: what is counted, priced and sold."""

from django.db import models
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from vmi.core.fields import CodeField, MoneyField
from vmi.core.models import TrackedModel

SKU_NAME_MAX = 200
BARCODE_MAX = 64


class ProductInfo(TrackedModel):
    """A SKU of a product (S000-15, S002-8).

    ``sku`` is fixed after creation and unique whatever its case (real files mix ``85123a`` and ``85123A``);
    ``spec`` says in which attributes it differs from its sisters (``{"colour": "red"}``).
    """

    sku = CodeField(_("SKU"))
    name = models.CharField(_("name"), max_length=SKU_NAME_MAX)
    spec = models.JSONField(_("specification"), default=dict, blank=True)
    description = models.TextField(_("description"), blank=True, default="")
    image = models.JSONField(_("images"), default=list, blank=True)
    product = models.ForeignKey(
        "catalog.Product", verbose_name=_("product"), on_delete=models.PROTECT, related_name="skus"
    )
    list_price = MoneyField(_("list price"), null=True, blank=True)
    barcode = models.CharField(_("barcode"), max_length=BARCODE_MAX, blank=True, default="")

    class Meta:
        verbose_name = _("SKU")
        verbose_name_plural = _("SKUs")
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(Upper("sku"), name="catalog_productinfo_sku_upper"),
            models.UniqueConstraint(
                fields=("barcode",), condition=~models.Q(barcode=""), name="catalog_productinfo_barcode"
            ),
            models.CheckConstraint(condition=~models.Q(sku=""), name="catalog_productinfo_sku_given"),
            models.CheckConstraint(
                condition=models.Q(list_price__isnull=True) | models.Q(list_price__gte=0),
                name="catalog_productinfo_list_price_range",
            ),
        )

    def __str__(self) -> str:
        return f"{self.sku} {self.name}".strip()
