"""Returned goods waiting for inspection."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from inventory.models.physical import PhysicalStock
from inventory.models.sellable import ChannelStock


class Inspection(models.Model):
    """One received return line: pending until every unit was found good or bad (C-03)."""

    source_type = models.CharField(_("source type"), max_length=16)
    source_sn = models.CharField(_("source number"), max_length=64)
    line_no = models.IntegerField(_("line"))
    bucket = models.ForeignKey(
        ChannelStock, verbose_name=_("channel stock"), on_delete=models.PROTECT, related_name="+"
    )
    physical = models.ForeignKey(
        PhysicalStock, verbose_name=_("physical stock"), on_delete=models.PROTECT, related_name="+"
    )
    quantity = models.IntegerField(_("quantity"))
    good_qty = models.IntegerField(_("good"), default=0, db_default=0)
    bad_qty = models.IntegerField(_("bad"), default=0, db_default=0)
    created_at = models.DateTimeField(_("created at"))

    class Meta:
        verbose_name = _("inspection")
        verbose_name_plural = _("inspections")
        ordering = ("-pk",)
        constraints = [
            models.UniqueConstraint(fields=("source_type", "source_sn", "line_no"), name="inventory_inspection_unique"),
            models.CheckConstraint(
                condition=Q(
                    quantity__gt=0, good_qty__gte=0, bad_qty__gte=0, quantity__gte=F("good_qty") + F("bad_qty")
                ),
                name="inventory_inspection_within",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source_sn}/{self.line_no}"
