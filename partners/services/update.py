"""Changing a member's data."""

from typing import Any, Final

from django.db import transaction

from partners.exceptions import PartnerNotFound, RefererCycle, TelephoneTaken
from partners.locks import lock_partner, lock_referers
from partners.models import Partner
from partners.selectors import get_partner, referer_chain
from partners.services.fields import clean_description, clean_name, clean_telephone, clean_wechat
from partners.services.register import PARTNER_REFUSALS
from vmi.core import clock
from vmi.core.actors import Actor
from vmi.core.integrity import refusing
from vmi.events.services import audit

_CLEANERS: Final = {
    "name": clean_name,
    "telephone": clean_telephone,
    "wechat": clean_wechat,
    "description": clean_description,
}


@transaction.atomic
def update_partner(*, partner_id: int, changes: dict[str, Any], actor: Actor) -> Partner:
    """Change some of ``name``, ``telephone``, ``wechat``, ``description`` and ``referer_id``.

    Raises InvalidPartner with the field, TelephoneTaken, or RefererCycle when the member would refer themselves
    through others (B09). The change is audited with old and new values.
    """
    partner = _locked(partner_id, changes)
    wanted = {name: _CLEANERS[name](value) if name in _CLEANERS else value for name, value in changes.items()}
    before = {name: getattr(partner, name) for name in wanted}
    changed = {name: value for name, value in wanted.items() if value != before[name]}
    if not changed:
        return partner
    _refuse_taken(partner, changed)

    for name, value in changed.items():
        setattr(partner, name, value)
    partner.modify_time = clock.now()
    with refusing(PARTNER_REFUSALS):
        partner.save(update_fields=[*changed, "modify_time"])

    audit(partner, before=before, after=changed, actor=actor)
    return partner


def _locked(partner_id: int, changes: dict[str, Any]) -> Partner:
    """The member under lock. Raises PartnerNotFound, and RefererCycle for a referer who stands below the member."""
    unknown = set(changes) - set(_CLEANERS) - {"referer_id"}
    if unknown:
        raise TypeError(f"update_partner does not change {sorted(unknown)}")
    referer_id = changes.get("referer_id")
    partner = lock_partner(partner_id) if referer_id is None else lock_referers(partner_id)
    if partner is None:
        raise PartnerNotFound(details={"id": partner_id})
    if referer_id is not None and partner_id in referer_chain(get_partner(int(referer_id)).pk):
        raise RefererCycle(param="referer")
    return partner


def _refuse_taken(partner: Partner, changed: dict[str, Any]) -> None:
    telephone = changed.get("telephone")
    if telephone and Partner.objects.filter(telephone=telephone).exclude(pk=partner.pk).exists():
        raise TelephoneTaken(param="telephone")
