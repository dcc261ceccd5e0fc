"""Units taken out of sale for a while, each with its reason, and given back in part or all."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from inventory.choices import LockReason, LockState
from inventory.models.physical import PhysicalStock
from vmi.core.fields import CodeField
from vmi.core.models import TrackedModel


class StockLock(TrackedModel):
    """One decision to lock units (S001-10): why, by whom, until when. ``until`` only reminds; a person unlocks."""

    sn = CodeField(_("number"))
    reason = models.SmallIntegerField(_("reason"), choices=LockReason)
    note = models.CharField(_("note"), max_length=200, blank=True, default="")
    until = models.DateField(_("until"), null=True, blank=True)
    state = models.SmallIntegerField(_("state"), choices=LockState, default=LockState.OPEN)
    closed_at = models.DateTimeField(_("unlocked at"), null=True, blank=True)

    class Meta:
        verbose_name = _("stock lock")
        verbose_name_plural = _("stock locks")
        ordering = ("-pk",)
        permissions = [("lock_stock", _("Can lock and unlock stock"))]
        indexes = [
            # The list of open locks, the earliest end first.
            models.Index(fields=("until", "id"), name="inventory_stocklock_open", condition=Q(state=LockState.OPEN)),
        ]

    def __str__(self) -> str:
        return self.sn


class StockLockLine(models.Model):
    """Units of one place: they lie in ``locked``, the row of quality "locked" beside ``origin``."""

    lock = models.ForeignKey(StockLock, verbose_name=_("stock lock"), on_delete=models.PROTECT, related_name="lines")
    line_no = models.IntegerField(_("line"))
    origin = models.ForeignKey(
        PhysicalStock, verbose_name=_("physical stock"), on_delete=models.PROTECT, related_name="+", db_index=False
    )
    locked = models.ForeignKey(
        PhysicalStock, verbose_name=_("locked stock"), on_delete=models.PROTECT, related_name="locks"
    )
    quantity = models.IntegerField(_("quantity"))
    released_qty = models.IntegerField(_("unlocked"), default=0, db_default=0)

    class Meta:
        verbose_name = _("stock lock line")
        verbose_name_plural = _("stock lock lines")
        ordering = ("lock_id", "line_no")
        constraints = [
            models.UniqueConstraint(fields=("lock", "line_no"), name="inventory_stocklockline_unique"),
            models.CheckConstraint(
                condition=Q(quantity__gt=0, released_qty__gte=0, quantity__gte=F("released_qty")),
                name="inventory_stocklockline_within",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lock}/{self.line_no}"

    @property
    def open_qty(self) -> int:
        """Units still locked by this line."""
        return self.quantity - self.released_qty
