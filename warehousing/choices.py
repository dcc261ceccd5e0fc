"""Enumerations and life cycles of warehousing."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from vmi.core.choices import StatusEnum
from vmi.core.states import Machine


class ZoneKind(models.TextChoices):
    """What an area of a warehouse is for (S001-3)."""

    RECEIVING = "receiving", pgettext_lazy("zone", "Receiving")
    STORAGE = "storage", pgettext_lazy("zone", "Storage")
    PICKING = "picking", pgettext_lazy("zone", "Picking")
    RETURNS = "returns", pgettext_lazy("zone", "Returns")
    SHIPPING = "shipping", pgettext_lazy("zone", "Shipping")


class SkuMixing(models.TextChoices):
    """Whether one location of the zone may hold several SKUs (S001-4)."""

    MIXED = "mixed", _("Several SKUs per location")
    SINGLE = "single", _("One SKU per location")


class CapacityRule(models.TextChoices):
    """What a full shelf means in the zone (C-51): a warning, or a refusal."""

    SOFT = "soft", _("Warn when full")
    HARD = "hard", _("Refuse when full")


class ShelfStatus(StatusEnum):
    """Whether anything lies on a shelf; derived from stock, never stored (S000-23)."""

    FREE = 600, _("Free")
    USED = 601, _("In use")


SHELF_MACHINE = Machine(
    enum=ShelfStatus,
    kind="shelf",
    colours={ShelfStatus.FREE: "success", ShelfStatus.USED: "info"},
)


class OwnerType(models.TextChoices):
    """Whose goods these are (S001-1); decides rights and settlement."""

    OWN = "own", _("Own goods")
    EXTERNAL = "external", _("External customer")
    SUPPLIER = "supplier", _("Supplier")


class SettlementCycle(models.TextChoices):
    """How often storage and handling are settled with an owner (S001-1)."""

    NONE = "none", _("Not settled")
    WEEKLY = "weekly", _("Weekly")
    MONTHLY = "monthly", _("Monthly")
    QUARTERLY = "quarterly", _("Quarterly")


class WmsMode(models.TextChoices):
    """How a warehouse hears about ship notices."""

    MANUAL = "manual", _("By hand")
    HTTP = "http", _("HTTP")


class StockFigures(models.TextChoices):
    """What the stock figures of a warehouse system mean (C-38)."""

    GROSS = "gross", _("Everything on hand")
    NET = "net", _("Without picked and defective units")


class CancelState(models.TextChoices):
    """Whether a warehouse was asked to hold a ship notice back, and what it said."""

    NONE = "", _("No cancellation")
    REQUESTED = "requested", _("Cancellation requested")
    CONFIRMED = "confirmed", _("Cancellation confirmed")
    REFUSED = "refused", _("Had already shipped")


class MessageState(models.TextChoices):
    """The life of an inbox row: stored, then applied, ignored as a repetition, or put aside for a person."""

    RECEIVED = "received", _("Received")
    APPLIED = "applied", _("Applied")
    DUPLICATE = "duplicate", _("Duplicate")
    QUARANTINED = "quarantined", _("Quarantined")


class EventAnswer(models.TextChoices):
    """What the webhook answers per event."""

    ACCEPTED = "ACCEPTED", _("Accepted")
    DUPLICATE = "DUPLICATE", _("Duplicate")
    REJECTED = "REJECTED", _("Rejected")


class ShipNoticeStatus(StatusEnum):
    """The life of a ship notice."""

    TO_SEND = 1400, _("To send")
    SENT = 1401, _("Sent")
    DONE = 1402, _("Shipped")
    CANCELLED = 1403, _("Cancelled")


SHIP_NOTICE_MACHINE = Machine(
    enum=ShipNoticeStatus,
    kind="shipNotice",
    transitions={
        # A WMS may confirm what it was sent before its answer reached us, hence TO_SEND → DONE.
        ShipNoticeStatus.TO_SEND: {ShipNoticeStatus.SENT, ShipNoticeStatus.DONE, ShipNoticeStatus.CANCELLED},
        ShipNoticeStatus.SENT: {ShipNoticeStatus.DONE, ShipNoticeStatus.CANCELLED},
    },
    groups={
        "open": {ShipNoticeStatus.TO_SEND, ShipNoticeStatus.SENT},
        "final": {ShipNoticeStatus.DONE, ShipNoticeStatus.CANCELLED},
    },
    colours={
        ShipNoticeStatus.TO_SEND: "warning",
        ShipNoticeStatus.SENT: "info",
        ShipNoticeStatus.DONE: "success",
        ShipNoticeStatus.CANCELLED: "danger",
    },
)
