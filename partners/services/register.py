"""Registering one member."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from partners.exceptions import InvalidPartner, TelephoneTaken, UserTaken
from partners.models import Partner
from partners.selectors import lowest_level, partners_by_codes
from partners.services.fields import clean_description, clean_name, clean_telephone, clean_wechat
from vmi.core import clock
from vmi.core.actors import Actor
from vmi.core.integrity import refusing
from vmi.events.catalogue import PartnerRegistered
from vmi.events.services import record
from vmi.numbering.services import next_number

PARTNER_REFUSALS = {
    "partners_partner_telephone": lambda: TelephoneTaken(param="telephone"),
    "partners_partner_user_id": lambda: UserTaken(param="user"),
}
"""What a broken unique key of a member means to the caller (concurrent registrations, reliability R29)."""


@transaction.atomic
def register_partner(
    *,
    name: str,
    telephone: str = "",
    wechat: str = "",
    description: str = "",
    referer_code: str | None = None,
    user_id: int | None = None,
    actor: Actor,
) -> Partner:
    """Create a member with a code of its own at the lowest level (S000-27) and tell the world.

    Welcome credits follow by the event. Raises InvalidPartner with the field, TelephoneTaken or UserTaken.
    """
    now = clock.now()
    partner = Partner(
        code=next_number("partner", on=now),
        name=clean_name(name),
        telephone=clean_telephone(telephone),
        wechat=clean_wechat(wechat),
        description=clean_description(description),
        referer_id=_referer_id(referer_code),
        level=lowest_level(),
        user_id=user_id,
        creater_id=actor.user_id,
        create_time=now,
        modify_time=now,
    )
    _refuse_taken(partner)

    with refusing(PARTNER_REFUSALS):
        partner.save(force_insert=True)

    record(PartnerRegistered(partner_id=partner.pk, code=partner.code), subject=f"partner:{partner.code}", actor=actor)
    return partner


def _referer_id(code: str | None) -> int | None:
    if not code:
        return None
    referer = partners_by_codes([code]).get(code)
    if referer is None:
        raise InvalidPartner(_("There is no member with this code."), code="unknown_reference", param="refererCode")
    return referer.pk


def _refuse_taken(partner: Partner) -> None:
    """Answer the common case without breaking the transaction; the unique keys decide the race."""
    if partner.telephone and Partner.objects.filter(telephone=partner.telephone).exists():
        raise TelephoneTaken(param="telephone")
    if partner.user_id is not None and Partner.objects.filter(user_id=partner.user_id).exists():
        raise UserTaken(param="user")
