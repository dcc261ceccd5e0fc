"""Physical stock: what the warehouse really holds, by location, batch and quality."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from inventory.choices import Quality
from inventory.models.logical import LogicalStock


class Batch(models.Model):
    """A production batch of a SKU (C-70). The empty code is the one "no batch" row of the SKU."""

    sku = models.ForeignKey("catalog.ProductInfo", verbose_name=_("SKU"), on_delete=models.PROTECT, related_name="+")
    code = models.CharField(_("batch code"), max_length=64, blank=True, default="")
    produced_on = models.DateField(_("produced on"), null=True, blank=True)
    expires_on = models.DateField(_("expires on"), null=True, blank=True)

    class Meta:
        verbose_name = _("batch")
        verbose_name_plural = _("batches")
        ordering = ("sku_id", "code")
        constraints = [models.UniqueConstraint(fields=("sku", "code"), name="inventory_batch_unique")]

    def __str__(self) -> str:
        return self.code or "–"


class PhysicalStock(models.Model):
    """Units of one SKU, owner, location, batch and quality (S001-5). ``held_qty`` waits for outbound (占库位)."""

    sku = models.ForeignKey("catalog.ProductInfo", verbose_name=_("SKU"), on_delete=models.PROTECT, related_name="+")
    owner = models.ForeignKey(
        "warehousing.Owner", verbose_name=_("goods owner"), on_delete=models.PROTECT, related_name="+"
    )
    location = models.ForeignKey(
        "warehousing.Location", verbose_name=_("location"), on_delete=models.PROTECT, related_name="+"
    )
    batch = models.ForeignKey(Batch, verbose_name=_("batch"), on_delete=models.PROTECT, related_name="+")
    quality = models.SmallIntegerField(_("quality"), choices=Quality, default=Quality.QUALIFIED)
    logical = models.ForeignKey(
        LogicalStock, verbose_name=_("logical stock"), on_delete=models.PROTECT, related_name="places"
    )
    quantity = models.IntegerField(_("quantity"), default=0, db_default=0)
    held_qty = models.IntegerField(_("held"), default=0, db_default=0)
    version = models.BigIntegerField(_("version"), default=0, db_default=0, editable=False)

    class Meta:
        verbose_name = _("physical stock")
        verbose_name_plural = _("physical stock")
        ordering = ("sku_id", "location_id", "batch_id", "quality")
        constraints = [
            models.UniqueConstraint(
                fields=("sku", "owner", "location", "batch", "quality"), name="inventory_physicalstock_unique"
            ),
            models.CheckConstraint(
                condition=Q(held_qty__gte=0, quantity__gte=F("held_qty")),
                name="inventory_physicalstock_held_within",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sku} @ {self.location}"

    @property
    def free_qty(self) -> int:
        """Units not held for an outbound."""
        return self.quantity - self.held_qty
