"""Products: what a customer looks at."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from catalog.choices import ProductStatus
from vmi.core.models import TrackedModel
from vmi.statuses.fields import StatusField, status_check

PRODUCT_NAME_MAX = 200
EXPIRE_DAYS_MAX = 36_500
"""Longest shelf life, units: days (a hundred years)."""


class Product(TrackedModel):
    """A product (S000-13): name, pictures, shelf life in days (C-52), tags, category and brand.

    What is counted, priced and sold is its SKUs, :class:`catalog.models.ProductInfo`.
    """

    name = models.CharField(_("name"), max_length=PRODUCT_NAME_MAX)
    description = models.TextField(_("description"), blank=True, default="")
    image = models.JSONField(_("images"), default=list, blank=True)
    expire = models.IntegerField(_("shelf life (days)"), null=True, blank=True)
    tags = models.JSONField(_("tags"), default=list, blank=True)
    category = models.ForeignKey(
        "catalog.Category", verbose_name=_("category"), on_delete=models.PROTECT, null=True, blank=True
    )
    brand = models.ForeignKey("catalog.Brand", verbose_name=_("brand"), on_delete=models.PROTECT, null=True, blank=True)
    unit = models.CharField(_("unit"), max_length=20, blank=True, default="")
    weight = models.DecimalField(_("weight (kg)"), max_digits=10, decimal_places=3, null=True, blank=True)
    status = StatusField(ProductStatus, verbose_name=_("status"), default=ProductStatus.DRAFT)

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("products")
        ordering = ("-id",)
        permissions = (("publish_product", _("Can put products on and off the shelf")),)
        constraints = (
            models.CheckConstraint(condition=~models.Q(name=""), name="catalog_product_name_given"),
            models.CheckConstraint(
                condition=models.Q(expire__isnull=True) | models.Q(expire__gte=1, expire__lte=EXPIRE_DAYS_MAX),
                name="catalog_product_expire_range",
            ),
            models.CheckConstraint(
                condition=models.Q(weight__isnull=True) | models.Q(weight__gte=0), name="catalog_product_weight_range"
            ),
            status_check("status", ProductStatus, "catalog_product_status"),
        )

    def __str__(self) -> str:
        return self.name
