"""What other apps' events do to credits; each handler is idempotent by the entry's unique key."""

from decimal import Decimal

from credits.choices import CreditTrigger
from credits.services import accrue, reverse_for_return
from vmi.core.sources import Source
from vmi.events import DeliveredEvent, subscribe
from vmi.events.catalogue import OrderCompleted, OrderReturned, PartnerRegistered


@subscribe(PartnerRegistered, name="credits.accrue_welcome")
def accrue_welcome(event: DeliveredEvent[PartnerRegistered]) -> None:
    """A new member gets an account and what the registration policies grant (S000-28)."""
    accrue(
        partner_id=event.payload.partner_id,
        trigger=CreditTrigger.REGISTER,
        source=Source("partner", event.payload.code),
        amount=None,
        actor=event.actor,
        at=event.at,
    )


@subscribe(OrderCompleted, name="credits.accrue_order")
def accrue_order(event: DeliveredEvent[OrderCompleted]) -> None:
    """A completed order of a member earns credits (C-36); an anonymous one earns nothing."""
    if event.payload.partner_id is None:
        return
    accrue(
        partner_id=event.payload.partner_id,
        trigger=CreditTrigger.ORDER,
        source=Source("order", event.payload.sn),
        amount=Decimal(event.payload.amount),
        actor=event.actor,
        at=event.at,
    )


@subscribe(OrderReturned, name="credits.reverse_return")
def reverse_return(event: DeliveredEvent[OrderReturned]) -> None:
    """Returned goods take their share of the order's credits back."""
    if event.payload.partner_id is None:
        return
    reverse_for_return(
        partner_id=event.payload.partner_id,
        order=Source("order", event.payload.sn),
        returned=Source("returnOrder", event.payload.return_sn),
        amount=Decimal(event.payload.amount),
        actor=event.actor,
    )
