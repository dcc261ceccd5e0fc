"""The return of shipped goods (C-29): a document of its own, linked to the order it undoes in part."""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from orders.choices import ReturnStatus
from orders.models.order import GoodsItem, Order
from vmi.core.fields import CodeField, MoneyField, QuantityField
from vmi.core.models import TrackedModel
from vmi.core.sources import Source
from vmi.statuses.fields import StatusField, status_check

SOURCE_TYPE = "returnOrder"
"""How stock and documents refer to a return (``Source.type``)."""


class ReturnOrder(TrackedModel):
    """Goods coming back: requested, received into inspection, inspected and refunded, or rejected.

    ``refund_amount`` (namespace currency) is decided at inspection; money and goods are separate (C-47).
    """

    sn = CodeField(_("number"))
    order = models.ForeignKey(Order, verbose_name=_("order"), on_delete=models.PROTECT, related_name="returns")
    status = StatusField(ReturnStatus, verbose_name=_("status"), default=ReturnStatus.REQUESTED)
    reason = models.CharField(_("reason"), max_length=200, blank=True, default="")
    refund_amount = MoneyField(pgettext_lazy("money", "refund"), default=Decimal(0))
    source_ref = CodeField(_("imported from"), null=True, blank=True)
    received_at = models.DateTimeField(_("received at"), null=True, blank=True)
    inspected_at = models.DateTimeField(_("inspected at"), null=True, blank=True)

    class Meta:
        verbose_name = _("return")
        verbose_name_plural = _("returns")
        ordering = ["-id"]
        permissions = [
            ("request_return", _("Can request a return")),
            ("receive_return", _("Can receive returned goods")),
            ("inspect_return", _("Can inspect returned goods")),
            ("reject_return", _("Can reject a return")),
        ]
        constraints = [
            status_check("status", ReturnStatus, "orders_returnorder_status"),
            models.CheckConstraint(condition=Q(refund_amount__gte=0), name="orders_returnorder_refund"),
        ]

    def __str__(self) -> str:
        return self.sn

    @property
    def state_value(self) -> int:
        """The number of the state."""
        return int(self.status_id or 0)

    @property
    def source(self) -> Source:
        """The reference lower layers keep of this return."""
        return Source(SOURCE_TYPE, self.sn)


class ReturnLine(models.Model):
    """Units of one order line that come back, to the owner, place and batch they were shipped from.

    An order line shipped from two batches returns as two lines. ``good`` and ``bad`` are filled by the inspection.
    """

    return_order = models.ForeignKey(
        ReturnOrder, verbose_name=_("return"), on_delete=models.PROTECT, related_name="lines", db_index=False
    )
    line_no = models.SmallIntegerField(_("line"))
    item = models.ForeignKey(
        GoodsItem, verbose_name=_("order line"), on_delete=models.PROTECT, related_name="return_lines"
    )
    owner = models.ForeignKey(
        "warehousing.Owner", verbose_name=_("owner"), on_delete=models.PROTECT, related_name="+", db_index=False
    )
    location = models.ForeignKey(
        "warehousing.Location", verbose_name=_("location"), on_delete=models.PROTECT, related_name="+", db_index=False
    )
    batch = CodeField(_("batch"), unique=False, blank=True, default="")
    quantity = QuantityField(_("quantity"))
    amount = MoneyField(pgettext_lazy("money", "value"))
    unit_cost = MoneyField(_("unit cost"), default=Decimal(0))
    good = QuantityField(_("good"), default=0)
    bad = QuantityField(_("bad"), default=0)

    class Meta:
        verbose_name = _("return line")
        verbose_name_plural = _("return lines")
        ordering = ["return_order_id", "line_no"]
        constraints = [
            models.UniqueConstraint(fields=["return_order", "line_no"], name="orders_returnline_line"),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="orders_returnline_quantity_positive"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="orders_returnline_amount"),
            models.CheckConstraint(
                condition=Q(good__gte=0, bad__gte=0, quantity__gte=F("good") + F("bad")),
                name="orders_returnline_inspected_within_quantity",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} × {self.quantity}"
