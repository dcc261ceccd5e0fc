"""Enabling and disabling a member."""

from typing import TYPE_CHECKING

from django.db import transaction

from partners.choices import PARTNER_MACHINE, PartnerStatus
from partners.models import Partner
from partners.selectors import get_partner
from vmi.core import clock
from vmi.core.actors import Actor
from vmi.events.services import audit
from vmi.statuses.machine import transition

if TYPE_CHECKING:
    from vmi.accounts.models import User


@transaction.atomic
def enable_partner(*, partner_id: int, actor: Actor) -> Partner:
    """Let a disabled member sign in and act again; an enabled one stays as it is."""
    return _move(partner_id, PartnerStatus.ENABLED, actor)


@transaction.atomic
def disable_partner(*, partner_id: int, actor: Actor) -> Partner:
    """Stop a member from signing in, buying and spending; tokens issued so far stop working.

    A disabled member stays as it is. History, credits and open orders are untouched; the login of staff who
    are members too keeps working for their staff role.
    """
    return _move(partner_id, PartnerStatus.DISABLED, actor)


def _move(partner_id: int, to: PartnerStatus, actor: Actor) -> Partner:
    partner = get_partner(partner_id)
    before = partner.status_id
    if before == to:
        return partner

    transition(partner, to, machine=PARTNER_MACHINE, actor=actor, extra={"modify_time": clock.now()})
    if partner.user is not None:
        _switch_login(partner.user, active=to == PartnerStatus.ENABLED)

    audit(partner, before={"status": before}, after={"status": int(to)}, actor=actor)
    return partner


def _switch_login(user: "User", *, active: bool) -> None:
    """Open or close the login; a new token version also takes the member's id out of tokens of staff."""
    user.revoke_tokens()
    if not user.is_staff:
        user.is_active = active
        user.save(update_fields=["is_active"])
