"""Enabling and disabling a member."""

from django.db import transaction

from partners.choices import PARTNER_MACHINE, PartnerStatus
from partners.models import Partner
from partners.selectors import get_partner
from vmi.core import clock
from vmi.core.actors import Actor
from vmi.events.services import audit
from vmi.statuses.machine import transition


@transaction.atomic
def enable_partner(*, partner_id: int, actor: Actor) -> Partner:
    """Let a disabled member act again; an enabled one stays as it is."""
    return _move(partner_id, PartnerStatus.ENABLED, actor)


@transaction.atomic
def disable_partner(*, partner_id: int, actor: Actor) -> Partner:
    """Stop a member from signing in, buying and spending; tokens issued so far stop working at once.

    A disabled member stays as it is. History, credits and open orders are untouched.
    """
    partner = _move(partner_id, PartnerStatus.DISABLED, actor)
    if partner.user is not None:
        partner.user.revoke_tokens()
    return partner


def _move(partner_id: int, to: PartnerStatus, actor: Actor) -> Partner:
    partner = get_partner(partner_id)
    before = partner.status_id
    if before == to:
        return partner

    transition(partner, to, machine=PARTNER_MACHINE, actor=actor, extra={"modify_time": clock.now()})

    audit(partner, before={"status": before}, after={"status": int(to)}, actor=actor)
    return partner
