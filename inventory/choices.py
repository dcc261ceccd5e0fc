"""The words of the stock core: layers, counters, commands, qualities, purposes, hold states."""

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Layer(models.IntegerChoices):
    """The four layers of stock, from the shop front down to the shelf; a share is a channel's part in a bucket."""

    CHANNEL = 1, _("Channel")
    POOL = 2, _("Pool")
    LOGICAL = 3, _("Logical")
    PHYSICAL = 4, _("Physical")
    SHARE = 5, _("Channel share")


class Counter(models.IntegerChoices):
    """Every stored number of the stock core, as layer × 100 + n; what a ledger entry changes."""

    BASE_QUOTA = 101, _("Channel base quota")
    HELD = 102, _("Held")
    SOLD = 103, _("Sold, not shipped")
    FROZEN = 104, _("Frozen")
    RETURNING = 105, _("Returning")
    CHANNEL_SHORTAGE = 106, _("Channel shortage")
    OVERSELL_LIMIT = 107, _("Oversell limit")
    OVERSOLD_HELD = 108, _("Oversold, held")
    OVERSOLD_SOLD = 109, _("Oversold, paid")
    PRESALE = 110, _("Presale granted")
    PRESALE_HELD = 111, _("Presale, held")
    PRESALE_SOLD = 112, _("Presale, paid")
    QUOTA = 201, _("Pool quota")
    BASE = 301, _("Physical base")
    ALLOCATED = 302, _("Allocated")
    LOCKED = 303, _("Locked")
    SAFETY = 304, _("Safety stock")
    IN_TRANSIT = 305, _("In transit")
    SHORTAGE = 306, _("Shortage")
    QUANTITY = 401, _("Quantity on hand")
    PHYSICAL_HELD = 402, _("Held on location")
    SHARE_USED = 501, _("Used of the cap")

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
    Counter.OVERSELL_LIMIT: "oversell_limit_qty",
    Counter.OVERSOLD_HELD: "oversold_held_qty",
    Counter.OVERSOLD_SOLD: "oversold_sold_qty",
    Counter.PRESALE: "presale_qty",
    Counter.PRESALE_HELD: "presale_held_qty",
    Counter.PRESALE_SOLD: "presale_sold_qty",
    Counter.QUOTA: "quota_qty",
    Counter.BASE: "physical_base_qty",
    Counter.ALLOCATED: "allocated_qty",
    Counter.LOCKED: "locked_qty",
    Counter.SAFETY: "safety_qty",
    Counter.IN_TRANSIT: "in_transit_qty",
    Counter.SHORTAGE: "shortage_qty",
    Counter.QUANTITY: "quantity",
    Counter.PHYSICAL_HELD: "held_qty",
    Counter.SHARE_USED: "used_qty",
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
    GRANT_QUOTA = 14, _("Grant quota")
    RETURN_QUOTA = 15, _("Return quota")
    MOVE_QUOTA = 16, _("Move quota")
    SET_OVERSELL = 17, _("Set oversell rule")
    SET_SHARE = 18, _("Set channel share")
    SET_SAFETY = 19, _("Set safety stock")
    RELEASE_SAFETY = 20, _("Release safety stock")
    REARM_SAFETY = 21, _("Re-arm safety stock")
    LOCK = 22, _("Lock stock")
    UNLOCK = 23, _("Unlock stock")
    EXPECT_SUPPLY = 24, _("Expect supply")
    OPEN_PRESALE = 25, _("Open presale")
    CLOSE_PRESALE = 26, _("Close presale")
    DISPATCH_TRANSFER = 27, _("Dispatch transfer")
    RECEIVE_SUPPLY = 28, _("Receive supply")
    CLOSE_SUPPLY = 29, _("Close supply line")
    SERVE_PROMISES = 30, _("Serve waiting promises")
    REQUEST_CANCEL = 31, _("Request cancellation")
    CONFIRM_CANCEL = 32, _("Confirm cancellation")
    APPLY_STOCKTAKE = 33, _("Apply stocktake")
    APPLY_WMS_SNAPSHOT = 34, _("Apply WMS snapshot")
    REBALANCE = 35, _("Rebalance")
    CORRECT = 36, _("Correct a difference")


class Quality(models.IntegerChoices):
    """Physical quality of units; only qualified ones can be sold."""

    QUALIFIED = 1, _("Qualified")
    PENDING = 2, _("To inspect")
    LOCKED = 3, _("Locked")


class Purpose(models.IntegerChoices):
    """What a pool is for; one internal pool per logical row serves what is not sold."""

    NORMAL = 1, _("Normal sale")
    FLASH_SALE = 2, _("Flash sale")
    PRESALE = 3, _("Presale campaign")
    KEY_ACCOUNT = 4, _("Key account")
    STAFF = 5, _("Staff purchase")
    INTERNAL = 9, _("Internal")


class HoldState(models.IntegerChoices):
    """The life of a reservation: held, then exactly one of sold, released or expired; sold ends shipped or released."""

    HELD = 1, _("Held")
    SOLD = 2, _("Sold")
    SHIPPED = 3, _("Shipped")
    RELEASED = 4, _("Released")
    EXPIRED = 5, _("Expired")


class HoldKind(models.IntegerChoices):
    """What a reservation was promised from: goods on hand, units beyond them, or goods on their way."""

    SPOT = 1, _("Spot")
    OVERSOLD = 2, _("Oversold")
    PRESALE = 3, _("Presale")


class SupplyKind(models.IntegerChoices):
    """Where expected goods come from."""

    TRANSFER = 1, pgettext_lazy("supply", "Transfer")
    PURCHASE = 2, pgettext_lazy("supply", "Purchase")


class SupplyState(models.IntegerChoices):
    """The life of a supply line: open until everything came, or until the rest will not come."""

    OPEN = 1, pgettext_lazy("supply", "Open")
    RECEIVED = 2, pgettext_lazy("supply", "Received")
    CLOSED = 3, pgettext_lazy("supply", "Closed short")


class DisplayRule(models.IntegerChoices):
    """What customers see of a figure; never more than can be honoured (C-37, C-46)."""

    EXACT = 1, _("Exact")
    CAPPED = 2, _("At most “n+”")
    FEW_LEFT = 3, _("“Few left” below n")
    MINIMUM = 4, _("At least n, as far as overselling covers it")


class WarehouseChoice(models.IntegerChoices):
    """Which of a channel's warehouses serves a line."""

    PRIORITY = 1, _("By priority")
    MOST_STOCK = 2, _("Most stock first")
    FEWEST_PARCELS = 3, _("Fewest parcels")


class SafetyStep(models.IntegerChoices):
    """What a record of safety stock says: units were released, or (part of) a release was taken back."""

    RELEASE = 1, pgettext_lazy("safety", "Released")
    REARM = 2, pgettext_lazy("safety", "Re-armed")


class ReviewEvery(models.IntegerChoices):
    """How often a safety policy is reviewed, in days (S001-23)."""

    WEEKLY = 7, _("Every week")
    MONTHLY = 30, _("Every month")


class SafetyVerdict(models.IntegerChoices):
    """What a review concludes about a safety policy."""

    TOO_LOW = 1, pgettext_lazy("safety", "Too low")
    FITS = 2, pgettext_lazy("safety", "Fits")
    TOO_HIGH = 3, pgettext_lazy("safety", "Too high")


class ReviewState(models.IntegerChoices):
    """The life of a review: a proposal is accepted, rejected or replaced by the next; one that fits needs nothing."""

    PROPOSED = 1, pgettext_lazy("review", "Proposed")
    ACCEPTED = 2, pgettext_lazy("review", "Accepted")
    REJECTED = 3, pgettext_lazy("review", "Rejected")
    REPLACED = 4, pgettext_lazy("review", "Replaced")
    NOTHING_TO_DO = 5, pgettext_lazy("review", "Nothing to do")


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


class LockReason(models.IntegerChoices):
    """Why units may not be sold for a while (S001-10)."""

    QUALITY = 1, pgettext_lazy("lock", "Quality")
    NEAR_EXPIRY = 2, pgettext_lazy("lock", "Near expiry")
    AFTER_SALE = 3, pgettext_lazy("lock", "After-sale")
    LEGAL = 4, pgettext_lazy("lock", "Legal")


class LockState(models.IntegerChoices):
    """A lock is open until every unit of it was unlocked."""

    OPEN = 1, pgettext_lazy("lock", "Locked")
    CLOSED = 2, pgettext_lazy("lock", "Unlocked")


class StocktakeState(models.IntegerChoices):
    """The life of a stocktake: counted, submitted, approved by one or two other people, applied."""

    DRAFT = 1, pgettext_lazy("stocktake", "Counting")
    SUBMITTED = 2, pgettext_lazy("stocktake", "To approve")
    SECOND = 3, pgettext_lazy("stocktake", "Waits for a second approval")
    APPLIED = 4, pgettext_lazy("stocktake", "Applied")
    REJECTED = 5, pgettext_lazy("stocktake", "Rejected")


class SnapshotState(models.IntegerChoices):
    """What became of a picture of the stock that a warehouse system sent (C-43)."""

    APPLIED = 1, pgettext_lazy("snapshot", "Applied")
    REVIEW = 2, pgettext_lazy("snapshot", "Applied, differences to review")
    IGNORED = 3, pgettext_lazy("snapshot", "Ignored, older than the last")


class DifferenceState(models.IntegerChoices):
    """What became of one difference between a warehouse system and us."""

    APPLIED = 1, pgettext_lazy("difference", "Applied")
    EXPLAINED = 2, pgettext_lazy("difference", "On its way out")
    REVIEW = 3, pgettext_lazy("difference", "To review")
    ACCEPTED = 4, pgettext_lazy("difference", "Accepted")
    DISMISSED = 5, pgettext_lazy("difference", "Dismissed")
    SUPERSEDED = 6, pgettext_lazy("difference", "Superseded")
    UNKNOWN = 7, pgettext_lazy("difference", "Unknown here")


class CorrectionKind(models.IntegerChoices):
    """How a difference is settled."""

    ENTRY = 1, pgettext_lazy("correction", "Ledger entry: the ledger follows the counter")
    COUNTER = 2, pgettext_lazy("correction", "Counter: it follows the ledger")
    MOVE = 3, pgettext_lazy("correction", "Move: counter and ledger follow the documents")


class CorrectionRule(models.IntegerChoices):
    """Why a kind is proposed."""

    LEDGER_GUARDED = 1, _("The database guards the ledger against changes; a counter can be overwritten.")
    CONFIRMS_LEDGER = 2, _("The documents and the other layers say what the ledger says.")
    CONFIRMS_COUNTER = 3, _("The documents and the other layers say what the counter says.")
    HISTORY_BROKEN = 4, _("The balances of the ledger itself do not follow from each other.")
    DOCUMENTS_DECIDE = 5, _("Counter and ledger agree; the documents below them say otherwise.")
    ENTRIES_MISSING = 6, _("Entries of the row are missing: what they did is lost, where the row stands is not.")


class CorrectionState(models.IntegerChoices):
    """The life of a proposed correction."""

    PROPOSED = 1, pgettext_lazy("correction", "Proposed")
    APPROVED = 2, pgettext_lazy("correction", "Approved and booked")
    REJECTED = 3, pgettext_lazy("correction", "Rejected")
    VANISHED = 4, pgettext_lazy("correction", "No longer differs")
