"""The order and its lines (S000-12, S000-13, S002-11 … S002-13)."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from orders.choices import (
    DisplayState,
    OrderAfterSale,
    OrderFulfilment,
    OrderPayment,
    OrderStatus,
    OrderType,
)
from vmi.core import clock
from vmi.core.fields import CodeField, MoneyField, QuantityField
from vmi.core.models import TrackedModel
from vmi.core.sources import Source
from vmi.statuses.fields import StatusField, status_check

SOURCE_TYPE = "order"
"""How stock, notices and documents refer to an order (``Source.type``)."""

HAS_MONEY = (OrderPayment.PAID, OrderPayment.PARTLY_REFUNDED)
"""Paid, although a part may have gone back: what is left is shipped."""

_DROPPED = (OrderStatus.CANCELLED, OrderStatus.EXPIRED)


class OrderQuerySet(models.QuerySet["Order"]):
    """Named filters of orders; an overdue order counts as expired from its deadline on, not from the sweep (C-08)."""

    def overdue(self, at: datetime | Now | None = None) -> "OrderQuerySet":
        """Open, unpaid and past the deadline: expired, although no task has written it yet."""
        return self.filter(overdue_q(at))

    def in_status(self, status: int) -> "OrderQuerySet":
        """Orders that read as ``status`` now."""
        if status == OrderStatus.OPEN:
            return self.filter(status_id=status).exclude(overdue_q())
        if status == OrderStatus.EXPIRED:
            return self.filter(Q(status_id=status) | overdue_q())
        return self.filter(status_id=status)

    def to_release(self) -> "OrderQuerySet":
        """Paid orders whose ship notice is still to be written: the to-do list of the release sweep.

        What waits for goods comes back to the list when they are there.
        """
        return self.filter(
            status_id=OrderStatus.OPEN,
            payment_status_id__in=HAS_MONEY,
            fulfilment_status_id=OrderFulfilment.UNFULFILLED,
            awaits_goods=False,
        )

    def shipped_before(self, instant: datetime) -> "OrderQuerySet":
        """Open orders that left the warehouse before ``instant``."""
        return self.filter(
            status_id=OrderStatus.OPEN, fulfilment_status_id=OrderFulfilment.SHIPPED, shipped_at__lt=instant
        )

    def with_overdue(self) -> "OrderQuerySet":
        """Annotate ``is_overdue`` so that a page of orders needs one reading of the database's clock."""
        overdue = models.Case(
            models.When(overdue_q(), then=models.Value(True)),
            default=models.Value(False),
            output_field=models.BooleanField(),
        )
        return self.annotate(is_overdue=overdue)


def overdue_q(at: datetime | Now | None = None) -> Q:
    """The condition "open, unpaid, past the deadline" at an instant (default: the clock's now, at no statement)."""
    return Q(
        status_id=OrderStatus.OPEN,
        payment_status_id=OrderPayment.UNPAID,
        expires_at__lte=at or clock.fixed_instant() or Now(),
    )


class Order(TrackedModel):
    """What one customer buys from one store.

    Four axes tell its state (C-28): the order itself, money, goods, returns. ``customer`` is empty for an
    anonymous counter sale. ``awaits_goods``: some units are still on their way, the last of them expected on
    ``promised_on`` (empty: not known); it cannot be sent yet (S001-35). ``lost_amount`` of a paid order is the value of
    units that will not come (S001-36) or were held back when it was called off (S002-32). Amounts are in the
    namespace's currency; the consignee is a snapshot (C-30).
    """

    sn = CodeField(_("number"))
    type = models.SmallIntegerField(_("type"), choices=OrderType.choices, default=OrderType.SALE, editable=False)
    customer = models.ForeignKey(
        "partners.Partner",
        verbose_name=_("customer"),
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        db_index=False,
    )
    store = models.ForeignKey(
        "stores.Store", verbose_name=_("store"), on_delete=models.PROTECT, related_name="+", db_index=False
    )
    status = StatusField(OrderStatus, verbose_name=_("status"), default=OrderStatus.OPEN)
    payment_status = StatusField(
        OrderPayment, verbose_name=pgettext_lazy("axis", "payment"), default=OrderPayment.UNPAID
    )
    fulfilment_status = StatusField(OrderFulfilment, verbose_name=_("fulfilment"), default=OrderFulfilment.UNFULFILLED)
    after_sale_status = StatusField(OrderAfterSale, verbose_name=_("after-sale"), default=OrderAfterSale.NONE)
    cost = MoneyField(_("total"))
    paid_amount = MoneyField(_("paid"), default=Decimal(0))
    refunded_amount = MoneyField(_("refunded"), default=Decimal(0))
    lost_amount = MoneyField(_("value that never came"), default=Decimal(0), db_default=Decimal(0), editable=False)
    payment_sn = CodeField(_("payment number"), unique=False, blank=True, default="")
    consignee_name = models.CharField(_("consignee"), max_length=100, blank=True, default="")
    consignee_phone = models.CharField(_("phone"), max_length=32, blank=True, default="")
    province_code = models.CharField(_("province code"), max_length=12, blank=True, default="")
    city_code = models.CharField(_("city code"), max_length=12, blank=True, default="")
    district_code = models.CharField(_("district code"), max_length=12, blank=True, default="")
    address = models.CharField(_("address"), max_length=255, blank=True, default="")
    memo = models.CharField(_("memo"), max_length=500, blank=True, default="")
    source_ref = CodeField(_("imported from"), null=True, blank=True)
    expires_at = models.DateTimeField(_("to be paid before"))
    paid_at = models.DateTimeField(_("paid at"), null=True, blank=True)
    awaits_goods = models.BooleanField(_("waits for goods"), default=False, db_default=False, editable=False)
    promised_on = models.DateField(_("goods expected on"), null=True, blank=True, editable=False)
    noticed_at = models.DateTimeField(_("warehouse notified at"), null=True, blank=True)
    shipped_at = models.DateTimeField(_("shipped at"), null=True, blank=True)
    completed_at = models.DateTimeField(_("completed at"), null=True, blank=True)
    cancel_requested_at = models.DateTimeField(_("cancellation requested at"), null=True, blank=True)
    cancel_reason = models.CharField(_("reason of cancelling"), max_length=200, blank=True, default="")
    closed_reason = models.CharField(_("reason of closing"), max_length=200, blank=True, default="")
    company = models.CharField(_("carrier"), max_length=100, blank=True, default="")
    tracking_no = models.CharField(_("tracking number"), max_length=100, blank=True, default="")

    objects = OrderQuerySet.as_manager()

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        ordering = ["-id"]
        permissions = [
            ("cancel_order", _("Can cancel an order")),
            ("release_order", _("Can release an order to the warehouse")),
            ("complete_order", _("Can complete an order")),
            ("export_order", _("Can export orders")),
        ]
        indexes = [
            models.Index(fields=["store", "-id"], name="orders_order_store"),
            models.Index(fields=["customer", "-id"], name="orders_order_customer"),
            # The first page and the dates above the list: WHERE create_time >= ….
            models.Index(fields=["create_time"], name="orders_order_created"),
            models.Index(
                fields=["expires_at"],
                name="orders_order_unpaid",
                condition=Q(status=OrderStatus.OPEN, payment_status=OrderPayment.UNPAID),
            ),
            models.Index(
                fields=["id"],
                name="orders_order_to_release",
                condition=Q(
                    status=OrderStatus.OPEN,
                    payment_status__in=HAS_MONEY,
                    fulfilment_status=OrderFulfilment.UNFULFILLED,
                ),
            ),
            models.Index(
                fields=["shipped_at"],
                name="orders_order_shipped",
                condition=Q(status=OrderStatus.OPEN, fulfilment_status=OrderFulfilment.SHIPPED),
            ),
        ]
        constraints = [
            status_check("status", OrderStatus, "orders_order_status"),
            status_check("payment_status", OrderPayment, "orders_order_payment_status"),
            status_check("fulfilment_status", OrderFulfilment, "orders_order_fulfilment_status"),
            status_check("after_sale_status", OrderAfterSale, "orders_order_after_sale_status"),
            models.CheckConstraint(condition=Q(type=OrderType.SALE), name="orders_order_type"),
            models.CheckConstraint(condition=Q(cost__gt=0), name="orders_order_cost_positive"),
            models.CheckConstraint(condition=Q(paid_amount=0) | Q(paid_amount=F("cost")), name="orders_order_paid_all"),
            models.CheckConstraint(
                condition=Q(refunded_amount__gte=0, refunded_amount__lte=F("paid_amount")),
                name="orders_order_refund_within_paid",
            ),
            models.CheckConstraint(
                condition=Q(paid_amount=0, payment_status=OrderPayment.UNPAID)
                | (Q(paid_amount__gt=0) & ~Q(payment_status=OrderPayment.UNPAID)),
                name="orders_order_paid_has_money",
            ),
        ]

    def __str__(self) -> str:
        return self.sn

    @property
    def source(self) -> Source:
        """The reference lower layers keep of this order."""
        return Source(SOURCE_TYPE, self.sn)

    @property
    def status_now(self) -> int:
        """The status as it reads at this moment; needs ``with_overdue()`` for open unpaid orders."""
        if getattr(self, "is_overdue", False):
            return int(OrderStatus.EXPIRED)
        return int(self.status_id or 0)

    def is_overdue_at(self, now: datetime) -> bool:
        """Whether the order must be seen as expired at ``now`` (C-08)."""
        return (
            self.status_id == OrderStatus.OPEN
            and self.payment_status_id == OrderPayment.UNPAID
            and self.expires_at <= now
        )

    @property
    def display_state(self) -> DisplayState:
        """The 0–6 column of the shopping platform, derived from the four axes (C-28)."""
        if self.payment_status_id == OrderPayment.REFUNDED:
            return DisplayState.REFUNDED
        if self.after_sale_status_id == OrderAfterSale.RETURNING:
            return DisplayState.REFUNDING
        if self.status_now in _DROPPED:
            unpaid = self.payment_status_id == OrderPayment.UNPAID
            return DisplayState.CANCELLED if unpaid else DisplayState.REFUNDING
        if self.status_id == OrderStatus.COMPLETED:
            return DisplayState.DONE
        if self.payment_status_id == OrderPayment.UNPAID:
            return DisplayState.TO_PAY
        if self.fulfilment_status_id in (OrderFulfilment.SHIPPED, OrderFulfilment.RECEIVED):
            return DisplayState.TO_RECEIVE
        return DisplayState.TO_SHIP

    def consignee_dict(self) -> dict[str, Any]:
        """The consignee as the ship notice carries it."""
        return {
            "name": self.consignee_name,
            "phone": self.consignee_phone,
            "province": self.province_code,
            "city": self.city_code,
            "district": self.district_code,
            "address": self.address,
        }


class GoodsItem(models.Model):
    """One line of an order: the SKU by reference, its name and price as they were when the order was placed (C-31)."""

    order = models.ForeignKey(
        Order, verbose_name=_("order"), on_delete=models.PROTECT, related_name="items", db_index=False
    )
    line_no = models.SmallIntegerField(_("line"))
    goods = models.ForeignKey("stores.Goods", verbose_name=_("store goods"), on_delete=models.PROTECT, related_name="+")
    product = models.ForeignKey(
        "catalog.ProductInfo", verbose_name=_("SKU"), on_delete=models.PROTECT, related_name="+"
    )
    sku = CodeField(_("SKU code"), unique=False)
    name = models.CharField(_("name"), max_length=200)
    price = MoneyField(_("price"))
    count = QuantityField(_("quantity"))
    amount = MoneyField(_("amount"))
    returned_count = QuantityField(_("returned"), default=0)
    cancelled_count = QuantityField(_("will not come"), default=0, db_default=0)

    class Meta:
        verbose_name = _("order line")
        verbose_name_plural = _("order lines")
        ordering = ["order_id", "line_no"]
        constraints = [
            models.UniqueConstraint(fields=["order", "line_no"], name="orders_goodsitem_line"),
            models.CheckConstraint(condition=Q(line_no__gte=1), name="orders_goodsitem_line_no"),
            models.CheckConstraint(condition=Q(count__gte=1), name="orders_goodsitem_count_positive"),
            models.CheckConstraint(condition=Q(price__gte=0), name="orders_goodsitem_price"),
            models.CheckConstraint(condition=Q(amount=F("price") * F("count")), name="orders_goodsitem_amount"),
            models.CheckConstraint(
                condition=Q(
                    returned_count__gte=0, cancelled_count__gte=0, count__gte=F("returned_count") + F("cancelled_count")
                ),
                name="orders_goodsitem_returned_within_count",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sku} × {self.count}"

    @property
    def kept_count(self) -> int:
        """Units that came or are still to come; ``cancelled_count`` of those ordered were lost and refunded."""
        return self.count - self.cancelled_count
