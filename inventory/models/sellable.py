"""Allocation pools and the sellable buckets carved out of them."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from inventory.choices import DisplayRule, Purpose
from inventory.models.channel import HOLD_MINUTES_MAX, Channel
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

    Sellable = base quota − held − sold − frozen (S001-28); reserving writes this row and no other. Open oversell
    = limit − its held − its sold while ``oversell_enabled`` (S001-30); open presale = granted − its held − its sold
    (S001-32). The limit in units follows ``oversell_units`` or ``oversell_percent`` of the quota when quota or rule
    changes, never by shipping. ``quota_percent`` makes the quota follow its pool. Outside ``effective_from`` to
    ``effective_to`` an exclusive bucket sells nothing and its unsold rest returns (S001-29). ``may_borrow``: the
    channel may also sell from the shared bucket. Empty display columns: those of the channel.
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
    oversell_enabled = models.BooleanField(_("oversell"), default=False, db_default=False)
    oversell_units = models.IntegerField(_("oversell rule (units)"), null=True, blank=True)
    oversell_percent = models.SmallIntegerField(_("oversell rule, share of the quota (%)"), null=True, blank=True)
    oversell_minutes = models.IntegerField(_("minutes to pay an oversold order"), null=True, blank=True)
    oversell_limit_qty = models.IntegerField(_("oversell limit"), default=0, db_default=0)
    oversold_held_qty = models.IntegerField(_("oversold, held"), default=0, db_default=0)
    oversold_sold_qty = models.IntegerField(_("oversold, paid"), default=0, db_default=0)
    presale_qty = models.IntegerField(_("presale granted"), default=0, db_default=0)
    presale_held_qty = models.IntegerField(_("presale, held"), default=0, db_default=0)
    presale_sold_qty = models.IntegerField(_("presale, paid"), default=0, db_default=0)
    quota_percent = models.SmallIntegerField(_("share of the pool (%)"), null=True, blank=True)
    may_borrow = models.BooleanField(_("may sell from the shared stock"), default=True, db_default=True)
    effective_from = models.DateTimeField(_("effective from"), null=True, blank=True)
    effective_to = models.DateTimeField(_("effective to"), null=True, blank=True)
    display_rule = models.SmallIntegerField(_("display rule"), choices=DisplayRule, null=True, blank=True)
    display_units = models.IntegerField(_("display units"), null=True, blank=True)
    version = models.BigIntegerField(_("version"), default=0, db_default=0, editable=False)

    class Meta:
        verbose_name = _("channel stock")
        verbose_name_plural = _("channel stock")
        ordering = ("pool_id", "channel_id")
        permissions = [
            ("move_quota", _("Can grant, return and move quotas")),
            ("set_channel_rules", _("Can set shares, overselling, display rules and priorities")),
        ]
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
            models.CheckConstraint(
                condition=Q(
                    oversold_held_qty__gte=0,
                    oversold_sold_qty__gte=0,
                    oversell_limit_qty__gte=F("oversold_held_qty") + F("oversold_sold_qty"),
                ),
                name="inventory_channelstock_oversold_within",
            ),
            models.CheckConstraint(
                condition=Q(
                    presale_held_qty__gte=0,
                    presale_sold_qty__gte=0,
                    presale_qty__gte=F("presale_held_qty") + F("presale_sold_qty"),
                ),
                name="inventory_channelstock_presold_within",
            ),
            models.CheckConstraint(
                condition=(Q(oversell_units=None) | Q(oversell_units__gte=0, oversell_percent=None))
                & (Q(oversell_percent=None) | Q(oversell_percent__range=(0, 100)))
                & (Q(oversell_minutes=None) | Q(oversell_minutes__range=(1, HOLD_MINUTES_MAX)))
                & (Q(quota_percent=None) | Q(quota_percent__range=(0, 100), channel__isnull=False))
                & (Q(display_units=None) | Q(display_units__gte=1)),
                name="inventory_channelstock_rules",
            ),
            models.CheckConstraint(
                condition=Q(effective_from=None) | Q(effective_to=None) | Q(effective_to__gt=F("effective_from")),
                name="inventory_channelstock_window",
            ),
        ]
        indexes = [
            # The minute's look for promises that lost their goods; empty as long as none did.
            models.Index(fields=("pool",), name="inventory_channelstock_short", condition=Q(shortage_qty__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.pool} · {self.channel or _('shared')}"

    @property
    def sellable_qty(self) -> int:
        """Units the bucket can still promise, expired holds still counted against it."""
        return self.base_quota_qty - self.held_qty - self.sold_qty - self.frozen_qty

    @property
    def open_oversell_qty(self) -> int:
        """Units beyond the goods that may still be promised (S001-30)."""
        if not self.oversell_enabled:
            return 0
        return self.oversell_limit_qty - self.oversold_held_qty - self.oversold_sold_qty

    @property
    def open_presale_qty(self) -> int:
        """Units on their way that may still be promised (S001-32)."""
        return self.presale_qty - self.presale_held_qty - self.presale_sold_qty


class ChannelShare(models.Model):
    """A channel's part in a shared bucket: who may sell a pool that is not the default one, and caps on any.

    ``cap_qty`` bounds what the channel has held, sold and not shipped of the bucket's goods at a time (empty: no
    cap, and ``used_qty`` is not counted); ``cap_percent`` makes the cap follow the bucket's quota.
    """

    bucket = models.ForeignKey(
        ChannelStock, verbose_name=_("channel stock"), on_delete=models.PROTECT, related_name="shares"
    )
    channel = models.ForeignKey(Channel, verbose_name=_("channel"), on_delete=models.PROTECT, related_name="shares")
    cap_qty = models.IntegerField(_("cap"), null=True, blank=True)
    cap_percent = models.SmallIntegerField(_("cap, share of the quota (%)"), null=True, blank=True)
    used_qty = models.IntegerField(_("used of the cap"), default=0, db_default=0)
    version = models.BigIntegerField(_("version"), default=0, db_default=0, editable=False)

    class Meta:
        verbose_name = _("channel share")
        verbose_name_plural = _("channel shares")
        ordering = ("bucket_id", "channel_id")
        constraints = [
            models.UniqueConstraint(fields=("bucket", "channel"), name="inventory_channelshare_unique"),
            models.CheckConstraint(
                condition=Q(cap_qty=None, used_qty=0) | Q(used_qty__gte=0, cap_qty__gte=F("used_qty")),
                name="inventory_channelshare_within",
            ),
            models.CheckConstraint(
                condition=Q(cap_percent=None) | Q(cap_percent__range=(0, 100), cap_qty__isnull=False),
                name="inventory_channelshare_percent",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.bucket} · {self.channel}"
