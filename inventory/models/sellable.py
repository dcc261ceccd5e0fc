"""Allocation pools and the sellable buckets carved out of them."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from inventory.choices import Purpose
from inventory.models.channel import Channel
from inventory.models.logical import LogicalStock


class AllocationPool(models.Model):
    """A share of a logical row set aside for a purpose (销配层, C-41). ``quota_qty`` is its open, unshipped part."""

    logical = models.ForeignKey(
        LogicalStock, verbose_name=_("logical stock"), on_delete=models.PROTECT, related_name="pools"
    )
    purpose = models.SmallIntegerField(_("purpose"), choices=Purpose, default=Purpose.NORMAL)
    quota_qty = models.IntegerField(_("quota"), default=0, db_default=0)
    priority = models.IntegerField(_("priority"), default=0, db_default=0)
    version = models.BigIntegerField(_("version"), default=0, db_default=0, editable=False)

    class Meta:
        verbose_name = _("allocation pool")
        verbose_name_plural = _("allocation pools")
        ordering = ("logical_id", "purpose")
        constraints = [
            models.UniqueConstraint(fields=("logical", "purpose"), name="inventory_allocationpool_unique"),
            models.CheckConstraint(condition=Q(quota_qty__gte=0), name="inventory_allocationpool_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.logical} · {self.get_purpose_display()}"


class ChannelStock(models.Model):
    """One sellable bucket: a channel's exclusive quota, or (``channel`` empty) the one its pool shares.

    Sellable = base quota − held − sold − frozen (S001-28); reserving writes this row and no other.
    """

    pool = models.ForeignKey(AllocationPool, verbose_name=_("pool"), on_delete=models.PROTECT, related_name="buckets")
    channel = models.ForeignKey(
        Channel,
        verbose_name=_("channel"),
        on_delete=models.PROTECT,
        related_name="buckets",
        null=True,
        blank=True,
    )
    base_quota_qty = models.IntegerField(_("base quota"), default=0, db_default=0)
    held_qty = models.IntegerField(_("held"), default=0, db_default=0)
    sold_qty = models.IntegerField(_("sold, not shipped"), default=0, db_default=0)
    frozen_qty = models.IntegerField(_("frozen"), default=0, db_default=0)
    returning_qty = models.IntegerField(_("returning"), default=0, db_default=0)
    shortage_qty = models.IntegerField(_("shortage"), default=0, db_default=0)
    version = models.BigIntegerField(_("version"), default=0, db_default=0, editable=False)

    class Meta:
        verbose_name = _("channel stock")
        verbose_name_plural = _("channel stock")
        ordering = ("pool_id", "channel_id")
        constraints = [
            models.UniqueConstraint(
                fields=("pool", "channel"), name="inventory_channelstock_unique", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=Q(
                    base_quota_qty__gte=0,
                    held_qty__gte=0,
                    sold_qty__gte=0,
                    frozen_qty__gte=0,
                    returning_qty__gte=0,
                    shortage_qty__gte=0,
                ),
                name="inventory_channelstock_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(base_quota_qty__gte=F("held_qty") + F("sold_qty") + F("frozen_qty") - F("shortage_qty")),
                name="inventory_channelstock_backed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pool} · {self.channel or _('shared')}"

    @property
    def sellable_qty(self) -> int:
        """Units the bucket can still promise, expired holds still counted against it."""
        return self.base_quota_qty - self.held_qty - self.sold_qty - self.frozen_qty
