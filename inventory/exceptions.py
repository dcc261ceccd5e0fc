"""Refusals of the stock core; each carries the figures line by line."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, TypedDict

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from vmi.core.exceptions import Busy, Conflict, InvalidRequest, InvalidTransition, NotAllowed, NotFound


class RefusedLines(Conflict):
    """Some lines of a document cannot be carried out; ``details.lines`` names every one with its figures.

    The message is that of the first line, ``sentences`` has one for each.
    """

    line_message: ClassVar[str | Promise]
    """What is said of a line; ``{name}`` stands for its figure of that name."""

    def __init__(self, lines: Sequence[Mapping[str, Any]], *, param: str) -> None:
        self.lines: list[Any] = list(lines)
        super().__init__(
            format_lazy(self.line_message, **self.lines[0]),  # type: ignore[arg-type]
            param=param,
            details={"lines": self.lines},
        )

    @property
    def sentences(self) -> list[str]:
        """One sentence for each line."""
        return [str(self.line_message).format(**line) for line in self.lines]


class ShortLine(TypedDict):
    """One line that could not be served, in units."""

    line: int
    sku: str
    wanted: int
    available: int


class InsufficientStock(RefusedLines):
    """Some lines want more than can be sold; ``details.lines`` names every one (R01)."""

    type = "insufficient_stock"
    code = "stock_insufficient"
    default_message = _("Not enough stock.")
    line_message = _("Not enough stock: {sku} needs {wanted}, {available} available.")
    lines: list[ShortLine]

    channel_id: int | None = None
    """Whose goods were asked for, where a channel was asked."""

    def __init__(self, lines: Sequence[ShortLine], *, param: str | None = None, channel_id: int | None = None) -> None:
        self.channel_id = channel_id
        super().__init__(lines, param=param or f"items[{max(lines[0]['line'] - 1, 0)}].quantity")


class LimitLine(TypedDict):
    """One line that would let a member hold too much: units wanted more, held already, and allowed in all."""

    line: int
    sku: str
    wanted: int
    held: int
    limit: int


class HoldLimitExceeded(RefusedLines):
    """A member would hold more of a SKU than the channel allows; ``details.lines`` names every one."""

    code = "hold_limit_exceeded"
    default_message = _("This is more than one customer may hold at a time.")
    line_message = _("One customer may hold {limit} of {sku} at a time; {held} are held, {wanted} more were asked for.")

    def __init__(self, lines: Sequence[LimitLine]) -> None:
        super().__init__(lines, param=f"items[{max(lines[0]['line'] - 1, 0)}].quantity")


class OrderUnpaid(Conflict):
    """An order of the house was to be deducted without its payment."""

    code = "order_unpaid"
    default_message = _("The stock of this order is deducted by its payment, which has not been made.")


class UnknownSku(NotFound):
    """A line names a SKU that does not exist in the namespace."""

    code = "sku_unknown"
    default_message = _("The SKU does not exist.")


class SourceConflict(Conflict):
    """The same source reference was used before with other content."""

    code = "source_mismatch"
    default_message = _("This source reference was used before with other content.")


class HoldNotOpen(InvalidTransition):
    """The reservation is no longer held or sold as this step needs."""

    code = "hold_not_open"
    default_message = _("The reservation is not in a state that allows this step.")


class HoldOfOrder(InvalidTransition):
    """What an order of the house holds follows the order: its quantities and its deadline are changed there."""

    code = "hold_of_order"
    default_message = _("This hold belongs to an order and follows it.")


class WaitingLine(TypedDict):
    """One line with paid units that still wait for goods; ``promised_on`` as planned last (ISO date), None: no day."""

    line: int
    sku: str
    waiting: int
    promised_on: str | None


class PromisesWaiting(HoldNotOpen):
    """Oversold or presold units of the document have no goods yet; ``details.lines`` names every line."""

    code = "promises_waiting"
    default_message = _("Some units still wait for goods to arrive.")

    def __init__(self, lines: Sequence[WaitingLine]) -> None:
        self.lines = list(lines)
        super().__init__(details={"lines": self.lines})


class OverConfirmed(Conflict):
    """More units were confirmed than were noticed."""

    code = "outbound_over_confirmed"
    default_message = _("More units were confirmed than the ship notice holds.")


class ShipmentUnread(Conflict):
    """The warehouse says that units have left which are not off the books yet; the message of that comes first."""

    code = "shipment_unread"
    default_message = _("Units that have left are still to be booked.")


class PhysicalShort(Conflict):
    """The shelves hold fewer free qualified units than the notice needs."""

    code = "physical_short"
    default_message = _("The shelves hold fewer free units than needed.")


class PromisedLine(TypedDict):
    """A logical row that cannot spare the units asked for: what was wanted, and what is not promised."""

    logical: int
    sku: str
    warehouse: str
    wanted: int
    available: int


class UnitsPromised(RefusedLines):
    """Units that are held or sold would lose their goods; ``details.lines`` names every row (I4)."""

    code = "units_promised"
    default_message = _("These units are promised to customers.")
    line_message = _("{sku} in {warehouse}: {wanted} units were to be taken, {available} are not promised to anybody.")

    def __init__(self, lines: Sequence[PromisedLine]) -> None:
        super().__init__(lines, param="quantity")


class SafetyShort(Conflict):
    """More safety stock was to be released or re-armed than there is; ``details`` has both figures (S001-20)."""

    code = "safety_short"
    default_message = _("%(sku)s in %(warehouse)s: %(wanted)s units were to be moved, there are %(available)s.")


class SafetyLocked(InvalidTransition):
    """The safety stock is locked: nothing of it may be released in the ordinary way (S001-22)."""

    code = "safety_locked"
    default_message = _("The safety stock of %(sku)s in %(warehouse)s is locked: %(reason)s")


class ReviewDecided(InvalidTransition):
    """The review proposes nothing that still waits for a decision."""

    code = "review_decided"
    default_message = _("This review does not wait for a decision.")


class SupplyClosed(InvalidTransition):
    """The supply line no longer expects anything."""

    code = "supply_closed"
    default_message = _("Nothing more is expected on this supply line.")


class SupplyLineShort(TypedDict):
    """One line that names more units than its supply line has: ``line`` of the caller, units wanted and available."""

    line: int
    sku: str
    source: str
    wanted: int
    available: int


class SupplyExceeded(RefusedLines):
    """Some lines name more units than their supply lines have for it; ``details.lines`` names every one (I7)."""

    code = "supply_exceeded"
    default_message = _("The supply line has fewer units than that.")
    line_message = _("{sku} of {source}: {wanted} units were named, {available} are there for it.")

    def __init__(self, lines: Sequence[SupplyLineShort], *, param: str | None = None) -> None:
        super().__init__(lines, param=param or f"lines[{max(lines[0]['line'] - 1, 0)}].quantity")


class PresaleElsewhere(Conflict):
    """A supply line is presold through one bucket at a time; this one has presale open in another."""

    code = "presale_elsewhere"
    default_message = _("This supply line is presold through another channel already.")


class WrongWarehouse(InvalidRequest):
    """Goods cannot arrive on a location of another warehouse than the supply line's."""

    code = "location_elsewhere"
    default_message = _("The location belongs to another warehouse.")


class QuotaLineFigures(TypedDict):
    """A line of quota that its source cannot give: units wanted and available, what pools may hold and hold in all."""

    line: int
    sku: str
    warehouse: str
    wanted: int
    available: int
    ceiling: int
    pools: int


class QuotaInsufficient(RefusedLines):
    """Some lines want more quota than their source has open; ``details.lines`` names every one (I4, C-39)."""

    code = "quota_insufficient"
    default_message = _("There is not so much quota to give.")
    line_message = _(
        "{sku} in {warehouse}: {wanted} units wanted, {available} available; pools hold {pools} of {ceiling} units."
    )

    def __init__(self, lines: Sequence[QuotaLineFigures]) -> None:
        super().__init__(lines, param=f"lines[{max(lines[0]['line'] - 1, 0)}].units")


class ExclusiveLine(TypedDict):
    """A line that would take quota from a channel that has it for itself."""

    line: int
    sku: str
    channel: str
    open: int


class QuotaExclusive(RefusedLines):
    """An exclusive quota gives only when that is asked explicitly; ``details.lines`` names every line (S001-29)."""

    code = "quota_exclusive"
    default_message = _("This quota belongs to one channel alone.")
    line_message = _("The quota of {sku} belongs to channel {channel} alone; confirm that it is to give units.")

    def __init__(self, lines: Sequence[ExclusiveLine]) -> None:
        super().__init__(lines, param=f"lines[{max(lines[0]['line'] - 1, 0)}].fromExclusive")


class ChannelExists(Conflict):
    """Another channel has this code."""

    code = "channel_exists"
    default_message = _("There is a channel %(code)s already.")


class ShareInUse(Conflict):
    """A cap would lie below what the channel has of the shared bucket; ``details`` has both figures."""

    code = "share_in_use"
    default_message = _("The channel has more than this of the shared quota.")

    def __init__(self, *, sku: str, cap: int, used: int) -> None:
        super().__init__(
            format_lazy(
                _("The channel has {used} units of {sku} held or sold; a cap of {cap} is below that."),
                sku=sku,
                cap=cap,
                used=used,
            ),
            param="capUnits",
            details={"sku": sku, "cap": cap, "used": used},
        )


class StocktakeClosed(InvalidTransition):
    """The count is not in a state that allows this step."""

    code = "stocktake_closed"
    default_message = _("The stocktake is not in a state that allows this step.")


class CountedBySelf(NotAllowed):
    """Four eyes: whoever counted, submitted or approved a count does not approve it (R15)."""

    code = "self_approval"
    default_message = _("A count is approved by somebody else than those who counted.")


class DifferenceDecided(InvalidTransition):
    """The difference does not wait for a decision any more."""

    code = "difference_decided"
    default_message = _("This difference does not wait for a decision any more.")


class LayerRefused(Conflict):
    """A counter would leave its bounds; the database invariants stand."""

    code = "stock_invariant"
    default_message = _("The stock layers do not allow this change.")


class StockRowFull(RefusedLines):
    """Some lines bring more units than a stock row can count; ``details.lines`` names every one with its room."""

    code = "stock_row_full"
    default_message = _("A stock row cannot count so many units.")
    line_message = _("{sku}: {wanted} units more are too many for a stock row, there is room for {available}.")

    def __init__(self, lines: Sequence[ShortLine], *, param: str | None = None) -> None:
        super().__init__(lines, param=param or f"lines[{max(lines[0]['line'] - 1, 0)}].quantity")


class LocationRequired(InvalidRequest):
    """The goods lie in several places and the command does not say which."""

    code = "location_required"
    default_message = _("The goods lie in several locations; name one.")


class StockBusy(Busy):
    """The same rows were changed at the same time; nothing was written."""


class CorrectionDecided(InvalidTransition):
    """Somebody decided on this correction, or its difference went away."""

    code = "correction_decided"
    default_message = _("This correction does not wait for a decision.")


class CorrectionStale(Conflict):
    """The figures are no longer those of the proposal; ``details`` has them as they are now."""

    code = "correction_stale"
    default_message = _("The difference has changed since it was found; run the proof again.")


class CorrectionOrder(Conflict):
    """Counter and ledger of the row, or of the rows below it, disagree: that comes first (I1)."""

    code = "correct_ledger_first"
    default_message = _("The counter and its ledger differ; correct that first.")


class OwnCorrection(NotAllowed):
    """Whoever had the proof run by hand decided on its proposal (four eyes)."""

    code = "self_approval"
    default_message = _("Somebody else must approve this correction.")
