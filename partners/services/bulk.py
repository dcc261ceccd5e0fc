"""Registering many members at once: imports and replays."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from partners.exceptions import InvalidPartner, TelephoneTaken
from partners.models import Partner
from partners.selectors import lowest_level, partners_by_codes
from partners.services.fields import clean_description, clean_name, clean_telephone, clean_wechat
from partners.services.register import PARTNER_REFUSALS
from vmi.core import clock
from vmi.core.actors import Actor
from vmi.core.integrity import refusing
from vmi.events.catalogue import PartnerRegistered
from vmi.events.services import Entry, record_many
from vmi.numbering.services import next_number

ROWS_MAX = 50_000
BATCH_SIZE = 1_000


@dataclass(frozen=True, slots=True)
class PartnerRow:
    """One member to register; ``referer_code`` names a member that exists already.

    ``source_ref`` is the number an import knows the member by, unique: a repeated import finds them by it.
    """

    name: str
    telephone: str = ""
    wechat: str = ""
    description: str = ""
    referer_code: str | None = None
    source_ref: str = ""


@transaction.atomic
def register_partners(rows: Sequence[PartnerRow], actor: Actor) -> list[Partner]:
    """Register all rows or none, in their order, with the same effects as :func:`register_partner` each.

    A refusal names the row in ``param`` (``rows[3].telephone``).
    """
    if len(rows) > ROWS_MAX:
        raise InvalidPartner(_("May have at most %(limit)s entries."), param="rows", details={"limit": ROWS_MAX})
    now = clock.now()
    level = lowest_level()
    referers = _referers(rows)
    partners = [
        Partner(
            name=clean_name(row.name, param=f"rows[{index}].name"),
            telephone=clean_telephone(row.telephone, param=f"rows[{index}].telephone"),
            wechat=clean_wechat(row.wechat, param=f"rows[{index}].wechat"),
            description=clean_description(row.description, param=f"rows[{index}].description"),
            referer_id=referers[row.referer_code] if row.referer_code else None,
            level=level,
            source_ref=row.source_ref or None,
            creater_id=actor.user_id,
            create_time=now,
            modify_time=now,
        )
        for index, row in enumerate(rows)
    ]
    _refuse_taken(partners)
    for partner in partners:
        partner.code = next_number("partner", on=now)

    with refusing(PARTNER_REFUSALS):
        created = Partner.objects.bulk_create(partners, batch_size=BATCH_SIZE)

    record_many([_registered(partner) for partner in created], actor=actor)
    return created


def _registered(partner: Partner) -> Entry:
    return Entry(PartnerRegistered(partner_id=partner.pk, code=partner.code), subject=f"partner:{partner.code}")


def _referers(rows: Sequence[PartnerRow]) -> dict[str, int]:
    known = partners_by_codes(row.referer_code for row in rows if row.referer_code)
    for index, row in enumerate(rows):
        if row.referer_code and row.referer_code not in known:
            raise InvalidPartner(
                _("There is no member with this code."), code="unknown_reference", param=f"rows[{index}].referer"
            )
    return {code: partner.pk for code, partner in known.items()}


def _refuse_taken(partners: Sequence[Partner]) -> None:
    """Telephones given twice, or stored already."""
    wanted = {partner.telephone for partner in partners if partner.telephone}
    taken = set(Partner.objects.filter(telephone__in=wanted).values_list("telephone", flat=True))
    for index, partner in enumerate(partners):
        if partner.telephone in taken:
            raise TelephoneTaken(param=f"rows[{index}].telephone")
        if partner.telephone:
            taken.add(partner.telephone)
