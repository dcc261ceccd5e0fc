"""Stock-in and stock-out documents with their lines.

The customer's documents call a line ``goodsInfo`` and know one such entity for both directions, so
there is one table: a type and a reference to exactly one document (S000-18, C-13).
"""

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from inventory.choices import Purpose
from stores.choices import DocumentStatus, LineType, StockInType, StockOutType
from vmi.core.fields import CODE_LENGTH_MAX, CodeField, MoneyField
from vmi.core.models import TrackedModel
from vmi.core.money import quantize
from vmi.statuses.fields import StatusField, status_check

SOURCE_TYPE_MANUAL = "manual"
"""Source type of a document whose source number a person typed in: any number of documents may share it."""


def _person(label: Any) -> models.ForeignKey[Any, Any]:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=label,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        editable=False,
        db_index=False,
    )


class StockDocument(TrackedModel):
    """What both directions share; stock moves when the document is approved, never before (C-16, C-17)."""

    sn = CodeField(_("number"), editable=False)
    warehouse = models.ForeignKey(
        "warehousing.Warehouse", verbose_name=_("warehouse"), on_delete=models.PROTECT, related_name="+"
    )
    owner = models.ForeignKey(
        "warehousing.Owner", verbose_name=_("owner of the goods"), on_delete=models.PROTECT, related_name="+"
    )
    store = models.ForeignKey(
        "stores.Store", verbose_name=_("store"), on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    status = StatusField(DocumentStatus, verbose_name=_("status"), default=DocumentStatus.DRAFT, editable=False)
    description = models.CharField(_("description"), max_length=1000, blank=True, default="")
    quantity = models.BigIntegerField(_("total quantity"), default=0, editable=False)
    amount = MoneyField(_("total amount"), default=0, editable=False)
    source_type = models.CharField(_("source type"), max_length=32, blank=True, default="", editable=False)
    source_sn = models.CharField(_("source number"), max_length=CODE_LENGTH_MAX, blank=True, default="")
    submitted_by = _person(_("submitted by"))
    submitted_at = models.DateTimeField(_("submitted at"), null=True, editable=False)
    approved_by = _person(_("approved by"))
    approved_at = models.DateTimeField(_("approved at"), null=True, editable=False)
    rejected_by = _person(_("rejected by"))
    rejected_at = models.DateTimeField(_("rejected at"), null=True, editable=False)
    done_at = models.DateTimeField(_("done at"), null=True, editable=False)
    reason = models.CharField(_("reason"), max_length=500, blank=True, default="", editable=False)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.sn

    @property
    def is_editable(self) -> bool:
        """Whether lines may still change: only while it is a draft."""
        return bool(self.status_id == DocumentStatus.DRAFT)


def _document_constraints(name: str) -> tuple[models.BaseConstraint, ...]:
    return (
        status_check("status", DocumentStatus, f"stores_{name}_status"),
        models.CheckConstraint(condition=Q(quantity__gte=0, amount__gte=0), name=f"stores_{name}_totals"),
        # A document of a machine source exists once per warehouse and owner: a replayed command finds it.
        models.UniqueConstraint(
            fields=("source_type", "source_sn", "warehouse", "owner"),
            condition=~Q(source_type__in=("", SOURCE_TYPE_MANUAL)),
            name=f"stores_{name}_source",
        ),
        models.CheckConstraint(
            condition=Q(status__in=(DocumentStatus.DRAFT, DocumentStatus.PENDING, DocumentStatus.CANCELLED))
            | Q(approved_by__isnull=False, approved_at__isnull=False)
            | Q(rejected_by__isnull=False, rejected_at__isnull=False),
            name=f"stores_{name}_reviewed",
        ),
    )


class StockIn(StockDocument):
    """Goods coming into a warehouse (S000-20, S002-26)."""

    type = models.CharField(_("type"), max_length=20, choices=StockInType, default=StockInType.PURCHASE)

    class Meta:
        verbose_name = _("stock-in")
        verbose_name_plural = _("stock-ins")
        ordering = ("-id",)
        permissions = (
            ("submit_stockin", _("Can submit stock-in for review")),
            ("approve_stockin", _("Can approve or reject stock-in")),
            ("cancel_stockin", _("Can cancel stock-in")),
        )
        indexes = (models.Index(fields=("status", "-id"), name="stores_stockin_status_idx"),)
        constraints = (
            *_document_constraints("stockin"),
            models.CheckConstraint(condition=Q(type__in=StockInType.values), name="stores_stockin_type"),
        )


class StockOut(StockDocument):
    """Goods leaving a warehouse (S000-21, S002-27).

    One of ours takes units of no pool first, then shared ones for normal sale; or it names the quota that gives: of
    ``quota_channel`` alone, or what the channels share for ``quota_purpose`` (S001-26).

    A transfer with a ``destination`` is on its way to that warehouse from the moment it leaves: expected there on
    ``due_on`` and, with ``opens_presale``, sold there before it arrives (S001-32). Only a draft may still lack one.
    """

    type = models.CharField(_("type"), max_length=20, choices=StockOutType, default=StockOutType.INTERNAL_USE)
    destination = models.ForeignKey(
        "warehousing.Warehouse",
        verbose_name=_("destination"),
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
    )
    due_on = models.DateField(_("due on"), null=True, blank=True)
    opens_presale = models.BooleanField(_("sell before it arrives"), default=False, db_default=False)
    quota_purpose = models.SmallIntegerField(
        _("quota for"),
        choices=[(purpose.value, purpose.label) for purpose in Purpose if purpose != Purpose.INTERNAL],
        null=True,
        blank=True,
    )
    quota_channel = models.ForeignKey(
        "inventory.Channel",
        verbose_name=_("quota of channel"),
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
    )

    class Meta:
        verbose_name = _("stock-out")
        verbose_name_plural = _("stock-outs")
        ordering = ("-id",)
        permissions = (
            ("submit_stockout", _("Can submit stock-out for review")),
            ("cancel_stockout", _("Can cancel stock-out")),
            ("approve_stockout", _("Can approve or reject stock-out")),
            ("confirm_stockout", _("Can confirm that a stock-out left the warehouse")),
        )
        indexes = (models.Index(fields=("status", "-id"), name="stores_stockout_status_idx"),)
        constraints = (
            *_document_constraints("stockout"),
            models.CheckConstraint(condition=Q(type__in=StockOutType.values), name="stores_stockout_type"),
            models.CheckConstraint(
                condition=Q(destination__isnull=True, due_on__isnull=True, opens_presale=False)
                | (Q(type=StockOutType.TRANSFER, destination__isnull=False) & ~Q(destination=F("warehouse"))),
                name="stores_stockout_destination",
            ),
            models.CheckConstraint(
                condition=Q(quota_purpose__isnull=True, quota_channel__isnull=True)
                | (Q(quota_purpose__range=(1, 8)) & ~Q(type=StockOutType.SALE)),
                name="stores_stockout_quota",
            ),
        )


class GoodsInfo(TrackedModel):
    """One line of a stock document: a SKU, how many, at what cost per unit (S000-18)."""

    type = models.IntegerField(_("direction"), choices=LineType, editable=False)
    stockin = models.ForeignKey(
        StockIn,
        verbose_name=_("stock-in"),
        on_delete=models.CASCADE,
        related_name="lines",
        null=True,
        blank=True,
        editable=False,
    )
    stockout = models.ForeignKey(
        StockOut,
        verbose_name=_("stock-out"),
        on_delete=models.CASCADE,
        related_name="lines",
        null=True,
        blank=True,
        editable=False,
    )
    line_no = models.IntegerField(_("line"), editable=False)
    product = models.ForeignKey(
        "catalog.ProductInfo", verbose_name=_("SKU"), on_delete=models.PROTECT, related_name="+"
    )
    sku = models.CharField(_("SKU code"), max_length=CODE_LENGTH_MAX, editable=False)
    count = models.IntegerField(_("quantity"))
    price = MoneyField(_("unit price"), default=0)
    batch = models.CharField(_("batch"), max_length=CODE_LENGTH_MAX, blank=True, default="")

    class Meta:
        verbose_name = _("document line")
        verbose_name_plural = _("document lines")
        ordering = ("id",)
        constraints = (
            models.CheckConstraint(
                condition=Q(type=LineType.IN, stockin__isnull=False, stockout__isnull=True)
                | Q(type=LineType.OUT, stockin__isnull=True, stockout__isnull=False),
                name="stores_goodsinfo_document",
            ),
            models.CheckConstraint(condition=Q(count__gte=1), name="stores_goodsinfo_count"),
            models.CheckConstraint(condition=Q(price__gte=0), name="stores_goodsinfo_price"),
            models.UniqueConstraint(
                fields=("stockin", "line_no"), condition=Q(stockin__isnull=False), name="stores_goodsinfo_in_line"
            ),
            models.UniqueConstraint(
                fields=("stockout", "line_no"), condition=Q(stockout__isnull=False), name="stores_goodsinfo_out_line"
            ),
        )

    def __str__(self) -> str:
        return f"{self.sku} × {self.count}"

    @property
    def document(self) -> StockDocument:
        """The document the line belongs to."""
        found = self.stockin if self.type == LineType.IN else self.stockout
        if found is None:
            raise ValueError("a line always has a document")
        return found

    @property
    def amount(self) -> Decimal:
        """Count times price, to the cent."""
        return quantize(self.price * self.count)


class GoodsInfoLocation(models.Model):
    """How many units of a line lie at, or were taken from, one location (C-14)."""

    goods_info = models.ForeignKey(GoodsInfo, verbose_name=_("line"), on_delete=models.CASCADE, related_name="places")
    location = models.ForeignKey(
        "warehousing.Location", verbose_name=_("location"), on_delete=models.PROTECT, related_name="+"
    )
    quantity = models.IntegerField(_("quantity"))

    class Meta:
        verbose_name = _("line location")
        verbose_name_plural = _("line locations")
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=("goods_info", "location"), name="stores_goodsinfolocation_place"),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="stores_goodsinfolocation_quantity"),
        )

    def __str__(self) -> str:
        return f"{self.location} × {self.quantity}"
