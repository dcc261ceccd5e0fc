"""Where a stock-out goes: a transfer to another warehouse of ours, on a day that is not over (S001-33)."""

from django.utils.translation import gettext_lazy as _

from stores.choices import StockOutType
from stores.exceptions import InvalidReference, InvalidValue
from stores.models import StockOut
from vmi.core import clock
from warehousing import selectors as warehousing_selectors


def check_destination(document: StockOut) -> None:
    """Only a transfer has a destination, another warehouse of ours; day and presale belong to one."""
    if document.destination_id is None:
        if document.due_on is not None or document.opens_presale:
            raise InvalidValue(_("Say which warehouse the goods go to."), param="destination")
        return
    if document.type != StockOutType.TRANSFER:
        raise InvalidValue(_("Only a transfer has a destination."), param="destination")
    if document.destination_id == document.warehouse_id:
        raise InvalidValue(_("The destination is the warehouse the goods come from."), param="destination")
    if not warehousing_selectors.warehouses_by_id([document.destination_id]):
        raise InvalidReference(_("The warehouse does not exist."), param="destination")
    _refuse_past_day(document)


def _refuse_past_day(document: StockOut) -> None:
    """Nothing arrives on a day that is over."""
    if document.due_on is not None and document.due_on < clock.local_date(clock.now()):
        raise InvalidValue(_("This day is over."), code="day_past", param="dueOn")


def require_destination(document: StockOut) -> None:
    """A transfer goes to a warehouse of ours, and has not been waiting for longer than it would take (S001-33)."""
    if document.destination_id is None:
        raise InvalidValue(_("Say which warehouse the goods go to."), code="destination_required", param="destination")
    _refuse_past_day(document)
