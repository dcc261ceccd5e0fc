"""Counting the shelves: what was counted, what was expected at that moment, and who agreed to the difference."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from inventory.choices import Quality, StocktakeState
from vmi.core.fields import CodeField
from vmi.core.models import TrackedModel


class Stocktake(TrackedModel):
    """One count in one warehouse for one owner (S001-13). Approved by another person than those who counted.

    ``limit_qty`` is the warehouse's limit at the time of submission: a larger difference of any line asks for a second
    approval, by a third person.
    """

    sn = CodeField(_("number"))
    warehouse = models.ForeignKey(
        "warehousing.Warehouse", verbose_name=_("warehouse"), on_delete=models.PROTECT, related_name="+"
    )
    owner = models.ForeignKey(
        "warehousing.Owner", verbose_name=_("goods owner"), on_delete=models.PROTECT, related_name="+"
    )
    description = models.CharField(_("description"), max_length=200, blank=True, default="")
    state = models.SmallIntegerField(_("state"), choices=StocktakeState, default=StocktakeState.DRAFT)
    limit_qty = models.IntegerField(_("limit of a difference"), null=True, blank=True)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("submitted by"), on_delete=models.PROTECT, related_name="+", null=True
    )
    submitted_at = models.DateTimeField(_("submitted at"), null=True, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("approved by"), on_delete=models.PROTECT, related_name="+", null=True
    )
    approved_at = models.DateTimeField(_("approved at"), null=True, blank=True)
    second_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("second approval by"),
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
    )
    second_at = models.DateTimeField(_("second approval at"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True, default="")

    class Meta:
        verbose_name = _("stocktake")
        verbose_name_plural = _("stocktakes")
        ordering = ("-pk",)
        permissions = [
            ("submit_stocktake", _("Can submit a stocktake")),
            ("approve_stocktake", _("Can approve or reject a stocktake")),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(limit_qty=None) | Q(limit_qty__gte=0), name="inventory_stocktake_limit"),
        ]

    def __str__(self) -> str:
        return self.sn

    @property
    def is_editable(self) -> bool:
        """Whether places may still be counted."""
        return self.state == StocktakeState.DRAFT


class StocktakeLine(models.Model):
    """One place: units ``counted_qty`` there, ``expected_qty`` by our figures at the moment of the count.

    Only the difference is ever applied, so that what leaves or arrives between count and approval is not undone.
    """

    stocktake = models.ForeignKey(
        Stocktake, verbose_name=_("stocktake"), on_delete=models.PROTECT, related_name="lines"
    )
    line_no = models.IntegerField(_("line"))
    sku = models.ForeignKey("catalog.ProductInfo", verbose_name=_("SKU"), on_delete=models.PROTECT, related_name="+")
    location = models.ForeignKey(
        "warehousing.Location", verbose_name=_("location"), on_delete=models.PROTECT, related_name="+"
    )
    batch = models.CharField(_("batch code"), max_length=64, blank=True, default="")
    quality = models.SmallIntegerField(_("quality"), choices=Quality, default=Quality.QUALIFIED)
    counted_qty = models.IntegerField(_("counted"))
    expected_qty = models.IntegerField(_("expected"))
    counted_at = models.DateTimeField(_("counted at"))

    class Meta:
        verbose_name = _("stocktake line")
        verbose_name_plural = _("stocktake lines")
        ordering = ("stocktake_id", "line_no")
        constraints = [
            models.UniqueConstraint(fields=("stocktake", "line_no"), name="inventory_stocktakeline_unique"),
            models.UniqueConstraint(
                fields=("stocktake", "sku", "location", "batch", "quality"), name="inventory_stocktakeline_place"
            ),
            models.CheckConstraint(
                condition=Q(counted_qty__gte=0, expected_qty__gte=0), name="inventory_stocktakeline_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.stocktake}/{self.line_no}"

    @property
    def difference(self) -> int:
        """Units found more (or, negative, fewer) than expected."""
        return self.counted_qty - self.expected_qty
