"""Promises on stock: reservations on buckets, goods held on shelves, internal allocations."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from inventory.choices import HoldKind, HoldState, PickState
from inventory.models.channel import Channel
from inventory.models.logical import LogicalStock
from inventory.models.physical import PhysicalStock
from inventory.models.sellable import ChannelStock
from inventory.models.supply import SupplyLine


class Reservation(models.Model):
    """A two-phase promise of one document line on one bucket: held until ``expires_at``, then sold and shipped.

    Foreign keys to the bucket and channel are not checked by the database: a check would take a share lock
    on the hot bucket row at every insert; ``reconcile`` reports orphans instead.

    Oversold and presale units wait in the promise queue (oldest first, paid before unpaid): ``supply_line`` and
    ``promised_on`` say which expected goods will serve them and when, as planned last.
    """

    source_type = models.CharField(_("source type"), max_length=16)
    source_sn = models.CharField(_("source number"), max_length=64)
    line_no = models.IntegerField(_("line"))
    bucket = models.ForeignKey(
        ChannelStock,
        verbose_name=_("channel stock"),
        on_delete=models.PROTECT,
        related_name="reservations",
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
    partner_id = models.BigIntegerField(_("member id"), null=True, blank=True)
    kind = models.SmallIntegerField(_("kind"), choices=HoldKind, default=HoldKind.SPOT, db_default=HoldKind.SPOT)
    quantity = models.IntegerField(_("quantity"))
    shipped_qty = models.IntegerField(_("shipped"), default=0, db_default=0)
    state = models.SmallIntegerField(_("state"), choices=HoldState, default=HoldState.HELD)
    supply_line = models.ForeignKey(
        SupplyLine,
        verbose_name=_("supply line"),
        on_delete=models.PROTECT,
        related_name="promises",
        null=True,
        blank=True,
        db_index=False,
    )
    promised_on = models.DateField(_("promised for"), null=True, blank=True)
    expires_at = models.DateTimeField(_("expires at"))
    created_at = models.DateTimeField(_("created at"))

    class Meta:
        verbose_name = _("reservation")
        verbose_name_plural = _("reservations")
        ordering = ("-pk",)
        constraints = [
            models.UniqueConstraint(
                fields=("source_type", "source_sn", "line_no", "bucket", "kind"), name="inventory_reservation_unique"
            ),
            models.CheckConstraint(
                condition=Q(quantity__gt=0, shipped_qty__gte=0, quantity__gte=F("shipped_qty")),
                name="inventory_reservation_within",
            ),
        ]
        indexes = [
            # Reclaiming and sweeping: open holds of a bucket by their deadline.
            models.Index(
                fields=("bucket", "expires_at"),
                name="inventory_reservation_open",
                condition=Q(state=HoldState.HELD),
            ),
            # The promise queue of a bucket, oldest first.
            models.Index(
                fields=("bucket", "id"),
                name="inventory_reservation_waiting",
                condition=Q(kind__gt=HoldKind.SPOT, state__lte=HoldState.SOLD),
            ),
            models.Index(
                fields=("supply_line",), name="inventory_reservation_supply", condition=Q(supply_line__isnull=False)
            ),
            # What a member holds: their own list and the limits against hoarding.
            models.Index(
                fields=("partner_id",),
                name="inventory_reservation_member",
                condition=Q(state=HoldState.HELD, partner_id__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source_sn}/{self.line_no}"


class WaitingPromise(Reservation):
    """A reservation that waits for goods: oversold or presold units, held or paid, as the promise queue shows them."""

    class Meta:
        proxy = True
        verbose_name = _("waiting promise")
        verbose_name_plural = _("waiting promises")

    @property
    def is_sold(self) -> bool:
        """Whether its units are paid."""
        return self.state == HoldState.SOLD


class InternalAllocation(models.Model):
    """Goods promised to an internal outbound: transfer, supplier return, own use, scrap. Lives in the internal pool.

    ``unassigned_qty`` of its units were in no pool before; the others were open in the bucket ``taken_from``.
    """

    source_type = models.CharField(_("source type"), max_length=16)
    source_sn = models.CharField(_("source number"), max_length=64)
    line_no = models.IntegerField(_("line"))
    logical = models.ForeignKey(
        LogicalStock, verbose_name=_("logical stock"), on_delete=models.PROTECT, related_name="allocations"
    )
    taken_from = models.ForeignKey(
        ChannelStock, verbose_name=_("taken from"), on_delete=models.PROTECT, related_name="+"
    )
    quantity = models.IntegerField(_("quantity"))
    unassigned_qty = models.IntegerField(_("from unassigned"), default=0, db_default=0)
    shipped_qty = models.IntegerField(_("shipped"), default=0, db_default=0)
    state = models.SmallIntegerField(_("state"), choices=HoldState, default=HoldState.SOLD)
    created_at = models.DateTimeField(_("created at"))

    class Meta:
        verbose_name = _("internal allocation")
        verbose_name_plural = _("internal allocations")
        ordering = ("-pk",)
        constraints = [
            models.UniqueConstraint(
                fields=("source_type", "source_sn", "line_no"), name="inventory_internalallocation_unique"
            ),
            models.CheckConstraint(
                condition=Q(quantity__gt=0, shipped_qty__gte=0, quantity__gte=F("shipped_qty")),
                name="inventory_internalallocation_within",
            ),
            models.CheckConstraint(
                condition=Q(unassigned_qty__gte=0, quantity__gte=F("unassigned_qty")),
                name="inventory_internalallocation_unassigned",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source_sn}/{self.line_no}"


class PhysicalHold(models.Model):
    """One line of a ship notice: units of one physical row waiting to leave. Open ones sum to its ``held_qty`` (I6).

    ``is_frozen``: the order was called off and the warehouse was asked not to ship; its units are frozen, not sold.
    """

    source_type = models.CharField(_("source type"), max_length=16)
    source_sn = models.CharField(_("source number"), max_length=64)
    line_no = models.IntegerField(_("line"))
    physical = models.ForeignKey(
        PhysicalStock, verbose_name=_("physical stock"), on_delete=models.PROTECT, related_name="holds"
    )
    bucket = models.ForeignKey(
        ChannelStock,
        verbose_name=_("channel stock"),
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        db_constraint=False,
        db_index=False,
    )
    quantity = models.IntegerField(_("quantity"))
    shipped_qty = models.IntegerField(_("shipped"), default=0, db_default=0)
    state = models.SmallIntegerField(_("state"), choices=PickState, default=PickState.OPEN)
    is_frozen = models.BooleanField(_("cancellation requested"), default=False, db_default=False)
    created_at = models.DateTimeField(_("created at"))

    class Meta:
        verbose_name = _("held on location")
        verbose_name_plural = _("held on locations")
        ordering = ("-pk",)
        constraints = [
            models.UniqueConstraint(
                fields=("source_type", "source_sn", "line_no", "bucket", "physical"),
                name="inventory_physicalhold_unique",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(quantity__gt=0, shipped_qty__gte=0, quantity__gte=F("shipped_qty")),
                name="inventory_physicalhold_within",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source_sn}/{self.line_no}"
