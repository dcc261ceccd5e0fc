"""The four axes of an order and the life of a return: states, allowed steps, groups, colours (C-28, C-67)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from vmi.core.choices import StatusEnum
from vmi.core.states import Machine


class OrderType(models.IntegerChoices):
    """What the ``/vmi/order`` view shows: a sale, or a return linked to one (C-29)."""

    SALE = 1, _("Sale")
    RETURN = 2, _("Return")


class OrderStatus(StatusEnum):
    """Whether the order is still going on."""

    OPEN = 100, _("Open")
    COMPLETED = 101, _("Completed")
    CANCELLED = 102, _("Cancelled")
    EXPIRED = 103, _("Expired")


class OrderPayment(StatusEnum):
    """The money axis."""

    UNPAID = 800, _("Unpaid")
    PAID = 801, _("Paid")
    PARTLY_REFUNDED = 802, _("Partly refunded")
    REFUNDED = 803, _("Refunded")


class OrderFulfilment(StatusEnum):
    """The goods axis."""

    UNFULFILLED = 900, _("Not shipped")
    NOTICED = 901, _("Warehouse notified")
    SHIPPED = 902, _("Shipped")
    RECEIVED = 903, _("Received")
    NOTHING_TO_SHIP = 904, _("Nothing to ship")


class OrderAfterSale(StatusEnum):
    """The returns axis."""

    NONE = 1000, _("No return")
    RETURNING = 1001, _("Returning")
    RETURNED = 1002, _("Returned")
    PARTLY_RETURNED = 1003, _("Partly returned")


class ReturnStatus(StatusEnum):
    """The life of one return order."""

    REQUESTED = 1100, _("Waiting for the goods")
    RECEIVED = 1101, _("Waiting for inspection")
    DONE = 1102, _("Done")
    REJECTED = 1103, _("Rejected")


class DisplayState(models.IntegerChoices):
    """The one column of the shopping platform (S002-11), derived from the four axes, never stored (C-28)."""

    TO_PAY = 0, _("To pay")
    TO_SHIP = 1, _("To ship")
    TO_RECEIVE = 2, _("To receive")
    DONE = 3, _("Done")
    CANCELLED = 4, _("Cancelled")
    REFUNDING = 5, _("Refunding")
    REFUNDED = 6, _("Refunded")


class CancelReason(models.TextChoices):
    """Why an order ended before it was sent."""

    CUSTOMER = "customer", _("Cancelled by the customer")
    STAFF = "staff", _("Cancelled by staff")
    EXPIRED = "expired", _("Not paid in time")
    UNAVAILABLE = "unavailable", _("The goods will not come")


# An expired order may open again: its payment came late and the goods were still there (inventory.md §2).
ORDER_MACHINE = Machine(
    OrderStatus,
    "order",
    transitions={
        OrderStatus.OPEN: {OrderStatus.COMPLETED, OrderStatus.CANCELLED, OrderStatus.EXPIRED},
        OrderStatus.EXPIRED: {OrderStatus.OPEN},
    },
    groups={
        "closed": {OrderStatus.COMPLETED, OrderStatus.CANCELLED, OrderStatus.EXPIRED},
        "dropped": {OrderStatus.CANCELLED, OrderStatus.EXPIRED},
    },
    colours={
        OrderStatus.OPEN: "info",
        OrderStatus.COMPLETED: "success",
        OrderStatus.CANCELLED: "danger",
        OrderStatus.EXPIRED: "warning",
    },
)

PAYMENT_MACHINE = Machine(
    OrderPayment,
    "order_payment",
    transitions={
        OrderPayment.UNPAID: {OrderPayment.PAID},
        OrderPayment.PAID: {OrderPayment.PARTLY_REFUNDED, OrderPayment.REFUNDED},
        OrderPayment.PARTLY_REFUNDED: {OrderPayment.PARTLY_REFUNDED, OrderPayment.REFUNDED},
    },
    groups={"settled": {OrderPayment.PAID, OrderPayment.PARTLY_REFUNDED}},
    colours={
        OrderPayment.UNPAID: "warning",
        OrderPayment.PAID: "success",
        OrderPayment.PARTLY_REFUNDED: "info",
        OrderPayment.REFUNDED: "danger",
    },
)

FULFILMENT_MACHINE = Machine(
    OrderFulfilment,
    "order_fulfilment",
    transitions={
        OrderFulfilment.UNFULFILLED: {OrderFulfilment.NOTICED, OrderFulfilment.NOTHING_TO_SHIP},
        OrderFulfilment.NOTHING_TO_SHIP: {OrderFulfilment.UNFULFILLED},
        # A warehouse that holds the goods back ends the shipment of a cancelled order.
        OrderFulfilment.NOTICED: {OrderFulfilment.SHIPPED, OrderFulfilment.NOTHING_TO_SHIP},
        OrderFulfilment.SHIPPED: {OrderFulfilment.RECEIVED},
    },
    groups={"sent": {OrderFulfilment.SHIPPED, OrderFulfilment.RECEIVED}},
    colours={
        OrderFulfilment.UNFULFILLED: "warning",
        OrderFulfilment.NOTICED: "info",
        OrderFulfilment.SHIPPED: "info",
        OrderFulfilment.RECEIVED: "success",
        OrderFulfilment.NOTHING_TO_SHIP: "grey",
    },
)

AFTER_SALE_MACHINE = Machine(
    OrderAfterSale,
    "order_aftersale",
    transitions={
        OrderAfterSale.NONE: {OrderAfterSale.RETURNING},
        OrderAfterSale.RETURNING: {OrderAfterSale.NONE, OrderAfterSale.RETURNED, OrderAfterSale.PARTLY_RETURNED},
        OrderAfterSale.PARTLY_RETURNED: {OrderAfterSale.RETURNING},
    },
    colours={
        OrderAfterSale.NONE: "grey",
        OrderAfterSale.RETURNING: "warning",
        OrderAfterSale.RETURNED: "danger",
        OrderAfterSale.PARTLY_RETURNED: "info",
    },
)

RETURN_MACHINE = Machine(
    ReturnStatus,
    "return_order",
    transitions={
        ReturnStatus.REQUESTED: {ReturnStatus.RECEIVED, ReturnStatus.REJECTED},
        ReturnStatus.RECEIVED: {ReturnStatus.DONE},
    },
    groups={"live": {ReturnStatus.REQUESTED, ReturnStatus.RECEIVED, ReturnStatus.DONE}},
    colours={
        ReturnStatus.REQUESTED: "warning",
        ReturnStatus.RECEIVED: "info",
        ReturnStatus.DONE: "success",
        ReturnStatus.REJECTED: "danger",
    },
)
