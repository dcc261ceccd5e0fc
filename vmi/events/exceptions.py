"""Refusals of the event log."""

from django.utils.translation import gettext_lazy as _

from vmi.core.exceptions import InvalidTransition


class DeliveryNotParked(InvalidTransition):
    """Only a parked delivery can be tried again by hand."""

    code = "delivery_not_parked"
    default_message = _("Only a parked delivery can be retried.")
