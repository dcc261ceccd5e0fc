"""Sales channels and the stock they may sell."""

from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from inventory.choices import DisplayRule, WarehouseChoice
from vmi.core.fields import CodeField
from vmi.core.models import TrackedModel

CHANNEL_NAME_MAX = 120
"""Longest name of a channel, characters."""

HOLD_MINUTES_MAX = 7 * 24 * 60
"""Longest hold a channel may grant, minutes: as for a namespace."""


def _minutes_field(label: Any) -> Any:
    """How long a channel holds goods, if it says so itself."""
    return models.IntegerField(
        label, null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(HOLD_MINUTES_MAX)]
    )


class Channel(TrackedModel):
    """A shop front: a store, a marketplace, a counter. Its sources say whose goods it sells from where (S001-26).

    Empty hold minutes mean those of the store, then of the namespace (C-08). The limits bound what one member
    may hold of one SKU through the channel, in units and as a share of what could be sold; empty: no limit.
    ``may_split`` lets one line be served from several warehouses when none has enough.
    """

    code = CodeField(_("code"))
    name = models.CharField(_("name"), max_length=CHANNEL_NAME_MAX)
    cart_hold_minutes = _minutes_field(_("cart hold (minutes)"))
    order_hold_minutes = _minutes_field(_("order hold (minutes)"))
    hold_units_max = models.IntegerField(
        _("units per member and SKU"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("Most units of one SKU a member may hold at a time, cart and unpaid orders together."),
    )
    hold_share_max = models.IntegerField(
        _("share per member and SKU (%)"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        help_text=_("Largest share of a SKU's sellable units a member may hold at a time; at least one unit."),
    )
    oversell_hold_minutes = _minutes_field(_("oversold order hold (minutes)"))
    warehouse_choice = models.SmallIntegerField(
        _("warehouse choice"), choices=WarehouseChoice, default=WarehouseChoice.PRIORITY
    )
    may_split = models.BooleanField(_("split lines over warehouses"), default=False)
    display_rule = models.SmallIntegerField(_("display rule"), choices=DisplayRule, default=DisplayRule.EXACT)
    display_units = models.IntegerField(_("display units"), default=10, validators=[MinValueValidator(1)])

    class Meta:
        verbose_name = _("channel")
        verbose_name_plural = _("channels")
        ordering = ("code",)
        constraints = [
            models.CheckConstraint(
                condition=(Q(cart_hold_minutes=None) | Q(cart_hold_minutes__range=(1, HOLD_MINUTES_MAX)))
                & (Q(order_hold_minutes=None) | Q(order_hold_minutes__range=(1, HOLD_MINUTES_MAX)))
                & (Q(oversell_hold_minutes=None) | Q(oversell_hold_minutes__range=(1, HOLD_MINUTES_MAX))),
                name="inventory_channel_hold_minutes",
            ),
            models.CheckConstraint(
                condition=(Q(hold_units_max=None) | Q(hold_units_max__gte=1))
                & (Q(hold_share_max=None) | Q(hold_share_max__range=(1, 100))),
                name="inventory_channel_hold_limits",
            ),
            models.CheckConstraint(condition=Q(display_units__gte=1), name="inventory_channel_display_units"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class ChannelSource(models.Model):
    """One warehouse and owner a channel sells from; the lowest priority number is asked first."""

    channel = models.ForeignKey(Channel, verbose_name=_("channel"), on_delete=models.PROTECT, related_name="sources")
    warehouse = models.ForeignKey(
        "warehousing.Warehouse", verbose_name=_("warehouse"), on_delete=models.PROTECT, related_name="+"
    )
    owner = models.ForeignKey(
        "warehousing.Owner", verbose_name=_("goods owner"), on_delete=models.PROTECT, related_name="+"
    )
    priority = models.IntegerField(_("priority"), default=0)

    class Meta:
        verbose_name = _("channel source")
        verbose_name_plural = _("channel sources")
        ordering = ("channel", "priority", "pk")
        constraints = [
            models.UniqueConstraint(fields=("channel", "warehouse", "owner"), name="inventory_channelsource_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.channel} ← {self.warehouse} / {self.owner}"
