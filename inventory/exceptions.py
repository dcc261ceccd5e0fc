"""Refusals of the stock core; each carries the figures line by line."""

from collections.abc import Sequence
from typing import TypedDict

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from vmi.core.exceptions import Busy, Conflict, InvalidRequest, InvalidTransition, NotFound


class ShortLine(TypedDict):
    """One line that could not be served, in units."""

    line: int
    sku: str
    wanted: int
    available: int


class InsufficientStock(Conflict):
    """Some lines want more than can be sold; ``details.lines`` names every one (R01)."""

    type = "insufficient_stock"
    code = "stock_insufficient"
    default_message = _("Not enough stock.")

    def __init__(self, lines: Sequence[ShortLine], *, param: str | None = None) -> None:
        self.lines = list(lines)
        first = self.lines[0]
        super().__init__(
            format_lazy(
                _("Not enough stock: {sku} needs {wanted}, {available} available."),
                sku=first["sku"],
                wanted=first["wanted"],
                available=first["available"],
            ),
            param=param or f"items[{max(first['line'] - 1, 0)}].quantity",
            details={"lines": self.lines},
        )


class LimitLine(TypedDict):
    """One line that would let a member hold too much: units wanted more, held already, and allowed in all."""

    line: int
    sku: str
    wanted: int
    held: int
    limit: int


class HoldLimitExceeded(Conflict):
    """A member would hold more of a SKU than the channel allows; ``details.lines`` names every one."""

    code = "hold_limit_exceeded"
    default_message = _("This is more than one customer may hold at a time.")

    def __init__(self, lines: Sequence[LimitLine]) -> None:
        self.lines = list(lines)
        first = self.lines[0]
        super().__init__(
            format_lazy(
                _("One customer may hold {limit} of {sku} at a time; {held} are held, {wanted} more were asked for."),
                limit=first["limit"],
                sku=first["sku"],
                held=first["held"],
                wanted=first["wanted"],
            ),
            param=f"items[{max(first['line'] - 1, 0)}].quantity",
            details={"lines": self.lines},
        )


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


class OverConfirmed(Conflict):
    """More units were confirmed than were noticed."""

    code = "outbound_over_confirmed"
    default_message = _("More units were confirmed than the ship notice holds.")


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


class UnitsPromised(Conflict):
    """Units that are held or sold would lose their goods; ``details.lines`` names every row (I4)."""

    code = "units_promised"
    default_message = _("These units are promised to customers.")

    def __init__(self, lines: Sequence[PromisedLine]) -> None:
        self.lines = list(lines)
        first = self.lines[0]
        super().__init__(
            format_lazy(
                _("{sku} in {warehouse}: {wanted} units were to be taken, {available} are not promised to anybody."),
                sku=first["sku"],
                warehouse=first["warehouse"],
                wanted=first["wanted"],
                available=first["available"],
            ),
            param="quantity",
            details={"lines": self.lines},
        )


class LayerRefused(Conflict):
    """A counter would leave its bounds; the database invariants stand."""

    code = "stock_invariant"
    default_message = _("The stock layers do not allow this change.")


class LocationRequired(InvalidRequest):
    """The goods lie in several places and the command does not say which."""

    code = "location_required"
    default_message = _("The goods lie in several locations; name one.")


class StockBusy(Busy):
    """The same rows were changed at the same time; nothing was written."""
