"""Goods on their way: what is expected, when, and how much of it may be sold before it arrives."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from inventory.choices import Command, SupplyKind, SupplyState
from inventory.models.logical import LogicalStock
from inventory.models.sellable import ChannelStock
from vmi.core.models import TrackedModel


class SupplyLine(TrackedModel):
    """One line of a transfer or purchase that has not fully arrived (I7, C-40). Units.

    Still to come = expected − received − closed; it stands in ``in_transit_qty`` of the logical row. ``presale_qty``
    is the part of it that ``bucket`` may sell before arrival, promised or not; the lines' parts sum to the bucket's
    ``presale_qty``. ``due_on`` is the day it is expected now, ``first_due_on`` the day first announced. ``unit_cost``
    is what a unit costs unless its receipt says otherwise.
    """

    kind = models.SmallIntegerField(_("kind"), choices=SupplyKind)
    source_type = models.CharField(_("source type"), max_length=16)
    source_sn = models.CharField(_("source number"), max_length=64)
    line_no = models.IntegerField(_("line"))
    logical = models.ForeignKey(
        LogicalStock, verbose_name=_("logical stock"), on_delete=models.PROTECT, related_name="supply_lines"
    )
    bucket = models.ForeignKey(
        ChannelStock,
        verbose_name=_("presold through"),
        on_delete=models.PROTECT,
        related_name="supply_lines",
        null=True,
        blank=True,
    )
    expected_qty = models.IntegerField(_("expected"))
    received_qty = models.IntegerField(_("received"), default=0, db_default=0)
    closed_qty = models.IntegerField(_("will not come"), default=0, db_default=0)
    presale_qty = models.IntegerField(_("open for presale"), default=0, db_default=0)
    unit_cost = models.DecimalField(_("unit cost"), max_digits=16, decimal_places=4, default=0, db_default=0)
    due_on = models.DateField(_("due on"), null=True, blank=True)
    first_due_on = models.DateField(_("first due on"), null=True, blank=True)
    state = models.SmallIntegerField(_("state"), choices=SupplyState, default=SupplyState.OPEN)

    class Meta:
        verbose_name = _("supply line")
        verbose_name_plural = _("supply lines")
        ordering = ("-pk",)
        permissions = [
            ("presell_supplyline", _("Can open and close the presale of expected goods")),
            ("receive_supplyline", _("Can receive expected goods")),
            ("reschedule_supplyline", _("Can change the day goods are expected")),
            ("close_supplyline", _("Can close a supply line short")),
        ]
        constraints = [
            models.UniqueConstraint(fields=("source_type", "source_sn", "line_no"), name="inventory_supplyline_unique"),
            models.CheckConstraint(
                condition=Q(
                    expected_qty__gt=0,
                    received_qty__gte=0,
                    closed_qty__gte=0,
                    presale_qty__gte=0,
                    expected_qty__gte=F("received_qty") + F("closed_qty") + F("presale_qty"),
                ),
                name="inventory_supplyline_within",
            ),
            models.CheckConstraint(
                condition=Q(presale_qty=0) | Q(bucket__isnull=False), name="inventory_supplyline_presold_through"
            ),
        ]
        indexes = [
            # What is on its way to a row, earliest first.
            models.Index(
                fields=("logical", "due_on"), name="inventory_supplyline_open", condition=Q(state=SupplyState.OPEN)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source_sn}/{self.line_no}"

    @property
    def open_qty(self) -> int:
        """Units still to come."""
        return self.expected_qty - self.received_qty - self.closed_qty


class SupplyStep(models.Model):
    """What a document did to a supply line: received, given up, put on sale or taken off it; ``units`` of it.

    Append-only. The ledger knows the documents and the stock rows; this says which order of the supplier, or which
    transfer, a receipt was for.
    """

    line = models.ForeignKey(SupplyLine, verbose_name=_("supply line"), on_delete=models.PROTECT, related_name="steps")
    command = models.SmallIntegerField(_("command"), choices=Command)
    units = models.IntegerField(_("units"))
    source_type = models.CharField(_("source type"), max_length=16)
    source_sn = models.CharField(_("source number"), max_length=64)
    at = models.DateTimeField(_("at"))
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("by"), on_delete=models.PROTECT, related_name="+", db_index=False
    )

    class Meta:
        verbose_name = _("step of a supply line")
        verbose_name_plural = _("steps of supply lines")
        ordering = ("pk",)
        default_permissions = ("view",)
        constraints = [models.CheckConstraint(condition=Q(units__gt=0), name="inventory_supplystep_units")]

    def __str__(self) -> str:
        return f"{self.line} {self.get_command_display()} {self.units}"
