"""Pictures of the stock that warehouse systems send, and where they differ from ours."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from inventory.choices import DifferenceState, SnapshotState
from inventory.models.physical import PhysicalStock


class WmsSnapshot(models.Model):
    """One picture of one warehouse (S001-15, C-43). ``seq`` is the system's own count; an older one is ignored.

    ``is_complete``: places it does not name hold nothing. ``is_net``: figures without picked and defective units
    (C-38). The counts are of rows.
    """

    warehouse = models.ForeignKey(
        "warehousing.Warehouse", verbose_name=_("warehouse"), on_delete=models.PROTECT, related_name="+"
    )
    seq = models.BigIntegerField(_("sequence"))
    taken_at = models.DateTimeField(_("taken at"))
    received_at = models.DateTimeField(_("received at"))
    is_complete = models.BooleanField(_("complete"), default=False)
    is_net = models.BooleanField(_("net figures"), default=False)
    state = models.SmallIntegerField(_("state"), choices=SnapshotState, default=SnapshotState.APPLIED)
    row_count = models.IntegerField(_("rows"), default=0)
    applied_count = models.IntegerField(_("applied"), default=0)
    explained_count = models.IntegerField(_("on their way out"), default=0)
    review_count = models.IntegerField(_("to review"), default=0)
    unknown_count = models.IntegerField(_("unknown"), default=0)
    gained_qty = models.BigIntegerField(_("units found"), default=0)
    lost_qty = models.BigIntegerField(_("units missing"), default=0)
    fingerprint = models.CharField(_("fingerprint"), max_length=64)
    actor_id = models.BigIntegerField(_("actor"))

    class Meta:
        verbose_name = _("WMS snapshot")
        verbose_name_plural = _("WMS snapshots")
        ordering = ("-pk",)
        permissions = [
            ("import_wmssnapshot", _("Can import the stock of a warehouse system")),
            ("decide_wmssnapshot", _("Can accept or dismiss differences of a warehouse system")),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(seq__gte=0, row_count__gte=0), name="inventory_wmssnapshot_figures"),
        ]
        indexes = [models.Index(fields=("warehouse", "-seq"), name="inventory_wmssnapshot_seq")]

    def __str__(self) -> str:
        return f"{self.warehouse} #{self.seq}"


class SnapshotDifference(models.Model):
    """One place where the system and we differed. ``our_qty`` is our figure at the instant of the picture.

    ``difference_qty`` is what was, or shall be, applied; what is on its way out is no part of it. Codes are kept as
    they were sent; ``physical`` is empty for a place unknown here.
    """

    snapshot = models.ForeignKey(
        WmsSnapshot, verbose_name=_("WMS snapshot"), on_delete=models.PROTECT, related_name="differences"
    )
    physical = models.ForeignKey(
        PhysicalStock,
        verbose_name=_("physical stock"),
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        db_constraint=False,
        db_index=False,
    )
    sku = models.CharField(_("SKU"), max_length=64)
    owner = models.CharField(_("owner"), max_length=64)
    location = models.CharField(_("location"), max_length=64)
    batch = models.CharField(_("batch"), max_length=64, blank=True, default="")
    quality = models.SmallIntegerField(_("quality"))
    wms_qty = models.IntegerField(_("figure of the system"))
    our_qty = models.IntegerField(_("our figure"))
    held_qty = models.IntegerField(_("waiting to leave"), default=0)
    difference_qty = models.IntegerField(_("difference"))
    state = models.SmallIntegerField(_("state"), choices=DifferenceState)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("decided by"),
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        db_index=False,
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)

    class Meta:
        verbose_name = _("WMS difference")
        verbose_name_plural = _("WMS differences")
        ordering = ("-pk",)
        indexes = [
            # What waits for a person, and what a newer picture supersedes.
            models.Index(
                fields=("physical",), name="inventory_difference_open", condition=Q(state=DifferenceState.REVIEW)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sku} @ {self.location}: {self.difference_qty:+d}"
