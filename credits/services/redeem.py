"""Spending credits."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from credits.choices import CreditType
from credits.exceptions import InsufficientCredits, InvalidCredits
from credits.locks import Account
from credits.models import Credit, CreditReward
from credits.policies import POINTS_MAX
from credits.services.accounts import Draft, book, locked_account
from partners.exceptions import PartnerDisabled
from vmi.core import clock
from vmi.core.actors import Actor
from vmi.core.exceptions import Conflict
from vmi.core.sources import Source
from vmi.core.text import clean_text
from vmi.numbering.services import next_number

MEMO_MAX = 200


@transaction.atomic
def redeem(*, partner_id: int, credit: int, memo: str = "", source: Source | None = None, actor: Actor) -> CreditReward:
    """Spend ``credit`` points of a member: one negative entry and one reward, both or none (S000-28).

    The same ``source`` again answers the same reward; with other content it is a Conflict. Raises InvalidCredits,
    InsufficientCredits with the figures, PartnerNotFound or PartnerDisabled.
    """
    check_points(credit)
    memo = clean_text(memo, param="memo", limit=MEMO_MAX, error=InvalidCredits)
    now = clock.now()
    account = locked_account(partner_id, actor=actor, now=now)
    known = _known(source, account, credit)
    if known is not None:
        return known
    if not account.owner_is_enabled:
        raise PartnerDisabled(details={"code": account.owner_code})
    require_available(account, credit)

    draft = Draft(type=CreditType.REDEEM, credit=-credit, source=source, memo=memo)
    entry = book(account, [draft], actor=actor, now=now)[0]
    return CreditReward.objects.create(
        sn=next_number("creditReward", on=now),
        owner_id=partner_id,
        credit=credit,
        memo=memo,
        entry=entry,
        creater_id=actor.user_id,
        create_time=now,
    )


def check_points(credit: object) -> None:
    """Raises InvalidCredits unless ``credit`` is a whole number of points from 1 to the limit."""
    if isinstance(credit, bool) or not isinstance(credit, int) or not 1 <= credit <= POINTS_MAX:
        raise InvalidCredits(
            _("Must be a whole number from 1 to %(limit)s."), param="credit", details={"limit": POINTS_MAX}
        )


def require_available(account: Account, wanted: int) -> None:
    """Raises InsufficientCredits unless the locked account holds ``wanted`` points."""
    if account.available < wanted:
        figures = {"available": account.available, "wanted": wanted}
        raise InsufficientCredits(param="credit", details={**figures, "owed": account.owed})


def _known(source: Source | None, account: Account, credit: int) -> CreditReward | None:
    if source is None:
        return None
    entry = Credit.objects.filter(type=CreditType.REDEEM, source_type=source.type, source_sn=source.sn).first()
    if entry is None:
        return None
    if entry.owner_id != account.owner_id or entry.credit != -credit:
        raise Conflict(code="idempotency_mismatch", details={"source": source.subject})
    return entry.reward
