"""Demand that was refused for want of stock: statistics beside the ledger, for whoever judges how much to keep."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from inventory.models.channel import Channel
from inventory.models.logical import LogicalStock


class RefusedDemand(models.Model):
    """What one buyer could not have of one stock row on one day of the namespace.

    ``units`` is the most that was missing in one refusal, so that somebody who tries ten times counts once;
    ``times`` counts the tries. Not part of the ledger, and written after the refusal (``services/refused.py``).
    Foreign keys are not checked by the database: a check would take a share lock on the rows of a sell-out.
    """

    logical = models.ForeignKey(
        LogicalStock,
        verbose_name=_("logical stock"),
        on_delete=models.PROTECT,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    channel = models.ForeignKey(
        Channel,
        verbose_name=_("channel"),
        on_delete=models.PROTECT,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    day = models.DateField(_("day"))
    asker = models.CharField(_("asked by"), max_length=100)
    units = models.IntegerField(_("units refused"))
    times = models.IntegerField(_("times refused"))
    first_at = models.DateTimeField(_("first at"))
    last_at = models.DateTimeField(_("last at"))

    class Meta:
        verbose_name = _("refused demand")
        verbose_name_plural = _("refused demand")
        ordering = ("-pk",)
        constraints = [
            models.UniqueConstraint(
                fields=("logical", "day", "channel", "asker"), name="inventory_refuseddemand_unique"
            ),
            models.CheckConstraint(
                condition=Q(units__gt=0, times__gt=0, last_at__gte=F("first_at")),
                name="inventory_refuseddemand_positive",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.asker} {self.day}"
