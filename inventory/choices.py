"""The words of the stock core: layers, counters, commands, qualities, purposes, hold states."""

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Layer(models.IntegerChoices):
    """The four layers of stock, from the shop front down to the shelf."""

    CHANNEL = 1, _("Channel")
    POOL = 2, _("Pool")
    LOGICAL = 3, _("Logical")
    PHYSICAL = 4, _("Physical")


class Counter(models.IntegerChoices):
    """Every stored number of the stock core, as layer × 100 + n; what a ledger entry changes."""

    BASE_QUOTA = 101, _("Channel base quota")
    HELD = 102, _("Held")
    SOLD = 103, _("Sold, not shipped")
    FROZEN = 104, _("Frozen")
    RETURNING = 105, _("Returning")
    CHANNEL_SHORTAGE = 106, _("Channel shortage")
    QUOTA = 201, _("Pool quota")
    BASE = 301, _("Physical base")
    ALLOCATED = 302, _("Allocated")
    LOCKED = 303, _("Locked")
    SAFETY = 304, _("Safety stock")
    IN_TRANSIT = 305, _("In transit")
    SHORTAGE = 306, _("Shortage")
    QUANTITY = 401, _("Quantity on hand")
    PHYSICAL_HELD = 402, _("Held on location")

    @property
    def layer(self) -> Layer:
        """The layer whose rows carry this counter."""
        return Layer(self.value // 100)


COLUMNS: Final[dict[Counter, str]] = {
    Counter.BASE_QUOTA: "base_quota_qty",
    Counter.HELD: "held_qty",
    Counter.SOLD: "sold_qty",
    Counter.FROZEN: "frozen_qty",
    Counter.RETURNING: "returning_qty",
    Counter.CHANNEL_SHORTAGE: "shortage_qty",
    Counter.QUOTA: "quota_qty",
    Counter.BASE: "physical_base_qty",
    Counter.ALLOCATED: "allocated_qty",
    Counter.LOCKED: "locked_qty",
    Counter.SAFETY: "safety_qty",
    Counter.IN_TRANSIT: "in_transit_qty",
    Counter.SHORTAGE: "shortage_qty",
    Counter.QUANTITY: "quantity",
    Counter.PHYSICAL_HELD: "held_qty",
}
"""The column behind each counter."""


class Command(models.IntegerChoices):
    """The named commands that may move stock; a ledger entry names one."""

    RESERVE = 1, _("Reserve")
    RELEASE = 2, _("Release")
    EXPIRE = 3, _("Expire")
    POST_PAYMENT = 4, _("Post payment")
    CANCEL_PAID = 5, _("Cancel after payment")
    ISSUE_SHIP_NOTICE = 6, _("Issue ship notice")
    CONFIRM_OUTBOUND = 7, _("Confirm outbound")
    RECEIVE = 8, _("Receive")
    RECEIVE_RETURN = 9, _("Receive return")
    INSPECT_RETURN = 10, _("Inspect return")
    ALLOCATE = 11, _("Allocate internally")
    CANCEL_INTERNAL = 12, _("Cancel internal allocation")
    ADJUST = 13, _("Adjust")


class Quality(models.IntegerChoices):
    """Physical quality of units; only qualified ones can be sold."""

    QUALIFIED = 1, _("Qualified")
    PENDING = 2, _("To inspect")
    LOCKED = 3, _("Locked")


class Purpose(models.IntegerChoices):
    """What a pool is for; one internal pool per logical row serves what is not sold."""

    NORMAL = 1, _("Normal sale")
    INTERNAL = 9, _("Internal")


class HoldState(models.IntegerChoices):
    """The life of a reservation: held, then exactly one of sold, released or expired; sold ends shipped or released."""

    HELD = 1, _("Held")
    SOLD = 2, _("Sold")
    SHIPPED = 3, _("Shipped")
    RELEASED = 4, _("Released")
    EXPIRED = 5, _("Expired")


class PickState(models.IntegerChoices):
    """The life of goods held on a location for a ship notice."""

    OPEN = 1, pgettext_lazy("pick", "Open")
    SHIPPED = 2, _("Shipped")
    CANCELLED = 3, _("Cancelled")


class AdjustOperation(models.TextChoices):
    """How an adjustment reads its quantity (S003-7)."""

    ADD = "ADD", _("Add")
    SUBTRACT = "SUBTRACT", _("Subtract")
    SET = "SET", _("Set")
