"""Brands."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from vmi.core.models import TrackedModel

BRAND_NAME_MAX = 50


class Brand(TrackedModel):
    """A brand under which products are sold (S002-6)."""

    name = models.CharField(_("name"), max_length=BRAND_NAME_MAX)
    logo = models.CharField(_("logo"), max_length=500, blank=True, default="")
    description = models.CharField(_("description"), max_length=512, blank=True, default="")
    sort = models.IntegerField(_("sort"), default=0)
    visible = models.BooleanField(_("visible"), default=True)

    class Meta:
        verbose_name = _("brand")
        verbose_name_plural = _("brands")
        ordering = ("sort", "id")
        constraints = (
            models.UniqueConstraint(fields=("name",), name="catalog_brand_name"),
            models.CheckConstraint(condition=~models.Q(name=""), name="catalog_brand_name_given"),
        )

    def __str__(self) -> str:
        return self.name
