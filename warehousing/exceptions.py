"""Refusals of warehousing, each with its code."""

from django.utils.translation import gettext_lazy as _

from vmi.core.exceptions import Busy, Conflict, InvalidRequest, NotFound


class WarehouseNotFound(NotFound):
    """No such warehouse."""

    code = "warehouse_not_found"
    default_message = _("There is no such warehouse.")


class ZoneNotFound(NotFound):
    """No such zone in this warehouse."""

    code = "zone_not_found"
    default_message = _("There is no such zone in this warehouse.")


class ShelfNotFound(NotFound):
    """No such shelf."""

    code = "shelf_not_found"
    default_message = _("There is no such shelf.")


class LocationNotFound(NotFound):
    """No such location, or a warehouse without any."""

    code = "location_not_found"
    default_message = _("There is no such location.")


class OwnerNotFound(NotFound):
    """No such owner."""

    code = "owner_not_found"
    default_message = _("There is no such owner.")


class ShipNoticeNotFound(NotFound):
    """No such ship notice."""

    code = "ship_notice_not_found"
    default_message = _("There is no such ship notice.")


class InvalidText(InvalidRequest):
    """A text field that cannot be stored."""

    code = "invalid_text"


class InvalidNumber(InvalidRequest):
    """A figure outside its range."""

    code = "invalid_number"
    default_message = _("The figure is outside its range.")


class CodeTaken(Conflict):
    """A code that must be unique exists already."""

    code = "code_taken"
    default_message = _("This code is already in use.")


class ConnectionNotFound(NotFound):
    """No such WMS connection."""

    code = "wms_connection_not_found"
    default_message = _("There is no such WMS connection.")


class ConnectionIncomplete(InvalidRequest):
    """HTTP mode needs an endpoint and a secret."""

    code = "wms_connection_incomplete"
    default_message = _("A connection by HTTP needs an endpoint and a secret.")


class MessageNotFound(NotFound):
    """No such WMS message."""

    code = "wms_message_not_found"
    default_message = _("There is no such WMS message.")


class LocationExists(Conflict):
    """The rack or location is there already; nothing was created (S001-3)."""

    code = "location_exists"
    default_message = _("The location already exists.")


class RackTooLarge(InvalidRequest):
    """More levels, slots or locations than one rack may have."""

    code = "rack_too_large"
    default_message = _("A rack has 1 to 99 levels and slots.")


class OwnerDisabled(Conflict):
    """A disabled owner takes part in no new business (S001-1)."""

    code = "owner_disabled"
    default_message = _("The owner is disabled and takes no new business.")


class NoticeContradiction(Conflict):
    """A second notice for the same document with other lines."""

    code = "ship_notice_contradiction"
    default_message = _("The document already has a ship notice with other lines.")


class NoticeAlreadySent(Conflict):
    """The warehouse system may be picking already; only it can take the notice back."""

    code = "ship_notice_sent"
    default_message = _("The notice was already sent to the warehouse system.")


class NoticeAlreadyShipped(Conflict):
    """Some of the goods have left the warehouse."""

    code = "ship_notice_shipped"
    default_message = _("Goods of this notice have already left the warehouse.")


class CancelNotRequested(Conflict):
    """Nobody asked to hold this notice back."""

    code = "cancel_not_requested"
    default_message = _("Nobody asked to hold this ship notice back.")


class AnswerAwaited(Conflict):
    """The warehouse system was asked to hold the notice back and still has time to answer."""

    code = "cancel_answer_awaited"
    default_message = _("The warehouse system has not had its time to answer yet.")


class WarehouseHasWms(Conflict):
    """Manual confirmation where a warehouse system confirms; both together would count twice."""

    code = "warehouse_has_wms"
    default_message = _("This warehouse is confirmed by its warehouse system, not by hand.")


class EndpointRefused(InvalidRequest):
    """The address of a warehouse system is not one we may call."""

    code = "endpoint_refused"
    default_message = _("This address may not be called.")


class MessageNotQuarantined(Conflict):
    """Only quarantined messages can be replayed."""

    code = "message_not_quarantined"
    default_message = _("Only a quarantined message can be replayed.")


class WmsUnreachable(Busy):
    """The warehouse system did not take the notice; it will be sent again."""

    code = "wms_unreachable"
    default_message = _("The warehouse system did not take the notice.")
