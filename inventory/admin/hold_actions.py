"""What people may do about a hold: give it back, give it time, give it another quantity."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from unfold.enums import ActionVariant
from unfold.widgets import UnfoldAdminIntegerFieldWidget

from inventory.choices import HoldState
from inventory.exceptions import HoldNotOpen, HoldOfOrder
from inventory.models import Reservation
from inventory.selectors.holds import EXTERNAL_ORDER, ORDER
from inventory.services import change_hold, extend_hold, release_order
from inventory.services.change_hold import HOLD_MINUTES_MAX
from vmi.core.admin import service_action
from vmi.core.fields import QUANTITY_MAX
from vmi.core.sources import Source

MANAGE = "inventory.change_reservation"


class HoldMinutesForm(forms.Form):
    """How long a hold shall last from now."""

    minutes = forms.IntegerField(
        label=_("minutes from now"), min_value=1, max_value=HOLD_MINUTES_MAX, widget=UnfoldAdminIntegerFieldWidget
    )


class HoldQuantityForm(forms.Form):
    """How many units a hold shall have."""

    quantity = forms.IntegerField(
        label=_("quantity"),
        min_value=1,
        max_value=QUANTITY_MAX,
        help_text=_("The deadline stays. To give everything back, release the hold."),
        widget=UnfoldAdminIntegerFieldWidget,
    )


def is_held(hold: Reservation) -> bool:
    """Whether the hold still waits for a payment."""
    return hold.state == HoldState.HELD


def is_free(hold: Reservation) -> bool:
    """Whether it may change by itself: what an order of the house holds, only the order decides."""
    return is_held(hold) and hold.source_type != ORDER


class HoldActions:
    """The actions of the list of reservations."""

    actor: Any

    @service_action(
        description=_("release hold"), permission=MANAGE, when=is_held, icon="undo", variant=ActionVariant.DANGER
    )
    def release_hold(self, request: HttpRequest, obj: Reservation) -> str:
        """Give the goods back to sale. An order ends with all its holds, one of the house is called off with them."""
        if obj.source_type in (ORDER, EXTERNAL_ORDER):
            freed = release_order(hold_id=obj.pk, partner_id=None, actor=self.actor(request))
        else:
            freed = -change_hold(hold_id=obj.pk, quantity=0, actor=self.actor(request))
        return _now("Released: %(units)d units.") % {"units": freed}

    @service_action(
        description=_("extend hold"), permission=MANAGE, when=is_free, icon="more_time", form=HoldMinutesForm
    )
    def extend(self, request: HttpRequest, obj: Reservation, *, minutes: int) -> str:
        """Give the holds of its document more time, within an hour from their beginning (C-08)."""
        _refuse_orders(obj)
        until = extend_hold(source=Source(obj.source_type, obj.source_sn), minutes=minutes, actor=self.actor(request))
        if until is None:
            raise HoldNotOpen(details={"id": obj.pk})
        return _now("Held until %(time)s.") % {"time": date_format(localtime(until), "DATETIME_FORMAT")}

    @service_action(
        description=_("change quantity of hold"), permission=MANAGE, when=is_free, icon="edit", form=HoldQuantityForm
    )
    def change_quantity(self, request: HttpRequest, obj: Reservation, *, quantity: int) -> str:
        """Hold more or fewer units until the same deadline."""
        _refuse_orders(obj)
        changed = change_hold(hold_id=obj.pk, quantity=quantity, actor=self.actor(request))
        return _now("Changed by %(units)d units.") % {"units": changed}


def _refuse_orders(hold: Reservation) -> None:
    """A list of rows may hold what the buttons do not offer."""
    if hold.source_type == ORDER:
        raise HoldOfOrder(details={"id": hold.pk})
