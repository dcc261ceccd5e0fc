"""The refusals of orders and returns, each with a code that clients may rely on."""

from django.utils.translation import gettext_lazy as _

from vmi.core.exceptions import Conflict, InvalidRequest, InvalidTransition, NotAllowed, NotFound


class OrderNotFound(NotFound):
    """No such order for this caller."""

    code = "order_not_found"
    default_message = _("The order does not exist.")


class ReturnNotFound(NotFound):
    """No such return for this caller."""

    code = "return_not_found"
    default_message = _("The return does not exist.")


class EmptyOrder(InvalidRequest):
    """An order without lines, or with nothing to pay."""

    code = "empty_order"
    default_message = _("An order needs at least one line and an amount above zero.")


class TooManyLines(InvalidRequest):
    """More lines than one order may carry."""

    code = "too_many_lines"
    default_message = _("The order has too many lines.")


class UnknownGoods(InvalidRequest):
    """The store does not list the SKU."""

    code = "unknown_goods"
    default_message = _("The store does not list these goods.")


class InvalidQuantity(InvalidRequest):
    """A quantity that is not a positive whole number within the limit."""

    code = "invalid_quantity"
    default_message = _("The quantity must be a whole number from 1 to the limit.")


class GoodsOffSale(Conflict):
    """The store lists the SKU but does not sell it now."""

    code = "goods_off_sale"
    default_message = _("Some goods are not on sale.")


class PriceChanged(Conflict):
    """The caller expected another price than the server's; ``details.lines`` holds both (C-09)."""

    code = "price_changed"
    default_message = _("Prices have changed since they were shown.")


class ForeignCustomer(NotAllowed):
    """A customer tried to order for somebody else."""

    code = "foreign_customer"
    default_message = _("You can only place orders for yourself.")


class OrderStateConflict(InvalidTransition):
    """Another command was there first: the order is not in a state that allows this one (R08)."""

    code = "order_state_conflict"
    default_message = _("The order is in a state that does not allow this step.")


class AlreadyAtWarehouse(InvalidTransition):
    """The goods have left: the order can only come back as a return."""

    code = "order_at_warehouse"
    default_message = _("The order has left the warehouse; it can be returned after delivery.")


class GoodsAwaited(InvalidTransition):
    """Some units of the order are still on their way; ``details``: how many, and the day of the last (S001-35)."""

    code = "goods_awaited"
    default_message = _("Some goods of this order are still on their way.")


class AmountMismatch(InvalidRequest):
    """The paid amount is not the amount of the order (R07)."""

    code = "amount_mismatch"
    default_message = _("The amount is not the amount of the order.")


class NothingToReturn(Conflict):
    """More units than were shipped and not yet returned; ``details.lines`` holds the figures."""

    code = "return_exceeds_shipped"
    default_message = _("More units than were shipped and not yet returned.")


class ReturnStateConflict(InvalidTransition):
    """The return is not in a state that allows this step."""

    code = "return_state_conflict"
    default_message = _("The return is in a state that does not allow this step.")


class InspectionMismatch(InvalidRequest):
    """Good and bad units do not sum to what was received."""

    code = "inspection_mismatch"
    default_message = _("Good and bad units must sum to the units received, line by line.")


class RefundTooLarge(InvalidRequest):
    """The refund is larger than the value of the returned goods."""

    code = "refund_too_large"
    default_message = _("The refund is larger than the value of the returned goods.")
