"""Corrections by hand."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from credits.choices import CreditType
from credits.exceptions import InvalidCredits
from credits.models import Credit
from credits.services.accounts import Draft, book, locked_account
from credits.services.redeem import MEMO_MAX, check_points, require_available
from vmi.core import clock
from vmi.core.actors import Actor
from vmi.core.exceptions import Conflict
from vmi.core.sources import Source
from vmi.core.text import clean_text


@transaction.atomic
def adjust(*, partner_id: int, credit: int, memo: str, source: Source | None = None, actor: Actor) -> Credit:
    """Give (positive) or take (negative) points by hand; ``memo`` says why and is required.

    Never takes more than is available. The same ``source`` again answers the same entry. Raises InvalidCredits with the
    field, InsufficientCredits, PartnerNotFound.
    """
    if isinstance(credit, bool) or not isinstance(credit, int) or credit == 0:
        raise InvalidCredits(_("Must be a whole number other than 0."), param="credit")
    check_points(abs(credit))
    memo = clean_text(memo, param="memo", limit=MEMO_MAX, error=InvalidCredits, required=True)
    now = clock.now()
    account = locked_account(partner_id, actor=actor, now=now)
    known = _known(source, partner_id, credit)
    if known is not None:
        return known
    if credit < 0:
        require_available(account, -credit)

    draft = Draft(type=CreditType.ADJUST, credit=credit, source=source, memo=memo)
    return book(account, [draft], actor=actor, now=now)[0]


def _known(source: Source | None, partner_id: int, credit: int) -> Credit | None:
    if source is None:
        return None
    entry = Credit.objects.filter(type=CreditType.ADJUST, source_type=source.type, source_sn=source.sn).first()
    if entry is not None and (entry.owner_id != partner_id or entry.credit != credit):
        raise Conflict(code="idempotency_mismatch", details={"source": source.subject})
    return entry
