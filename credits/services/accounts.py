"""A member's account: opening it, and booking entries into it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from credits.choices import EARNING_TYPES, CreditType
from credits.locks import Account, lock_report
from credits.models import Credit, CreditReport
from partners.exceptions import PartnerNotFound
from partners.services import grade_partner
from vmi.core import clock
from vmi.core.actors import Actor
from vmi.core.commands import command
from vmi.core.db import fetch_prepared
from vmi.core.sources import Source
from vmi.numbering.services import next_number


@dataclass(frozen=True, slots=True)
class Draft:
    """An entry about to be booked; number, balance and level come from the account."""

    type: CreditType
    credit: int
    source: Source | None = None
    memo: str = ""
    policy_id: int | None = None
    amount: Decimal | None = None
    origin_sn: str = ""
    reverses_id: int | None = None


_INSERT: Final = """
    INSERT INTO credits_credit (sn, owner_id, type, credit, balance_after, seq, memo, level_id, policy_id, amount,
                                source_type, source_sn, origin_sn, reverses_id, creater_id, create_time)
    VALUES (%(sn)s, %(owner_id)s, %(type)s, %(credit)s, %(balance_after)s, %(seq)s, %(memo)s, %(level_id)s,
            %(policy_id)s, %(amount)s, %(source_type)s, %(source_sn)s, %(origin_sn)s, %(reverses_id)s, %(creater_id)s,
            %(create_time)s)
    RETURNING id
"""

_MOVE: Final = """
    UPDATE credits_creditreport
    SET credit = %(credit)s, available = %(available)s, owed = %(owed)s, seq = %(seq)s, modify_time = %(now)s
    WHERE id = %(id)s
"""


@command
def open_report(*, partner_id: int, actor: Actor) -> CreditReport:
    """The member's account, opened if it did not exist (S000-9). Raises PartnerNotFound."""
    account = locked_account(partner_id, actor=actor, now=clock.now())
    return CreditReport.objects.get(pk=account.id)


def locked_account(partner_id: int, *, actor: Actor, now: datetime) -> Account:
    """The member's account under its lock; opened on first use, so that nobody has to remember to."""
    account = lock_report(partner_id)
    if account is not None:
        return account
    # Two first entries at once: the unique owner lets one insert through, the lock below serialises them.
    CreditReport.objects.bulk_create(
        [
            CreditReport(
                sn=next_number("creditReport", on=now),
                owner_id=partner_id,
                creater_id=actor.user_id,
                create_time=now,
                modify_time=now,
            )
        ],
        ignore_conflicts=True,
    )
    account = lock_report(partner_id)
    if account is None:
        raise PartnerNotFound(details={"id": partner_id})
    return account


def book(account: Account, drafts: Sequence[Draft], *, actor: Actor, now: datetime) -> list[Credit]:
    """Append entries and carry the account along; the member changes level when the points leave its band.

    A draft without a source is its own: the entry's number.
    """
    if not drafts:
        return []
    entries = [_append(account, draft, actor=actor, now=now) for draft in drafts]
    figures = {"credit": account.credit, "available": account.available, "owed": account.owed, "seq": account.seq}
    fetch_prepared(_MOVE, {**figures, "id": account.id, "now": now})
    if not account.fits_level:
        grade_partner(partner_id=account.owner_id, points=account.credit, actor=actor)
    return entries


def _append(account: Account, draft: Draft, *, actor: Actor, now: datetime) -> Credit:
    """Move the account in memory by one draft and store its entry."""
    balance = account.balance + draft.credit
    account.available, account.owed = max(balance, 0), max(-balance, 0)
    account.seq += 1
    if draft.type in EARNING_TYPES:
        account.credit += draft.credit
    sn = next_number("credit", on=now)
    source = draft.source or Source("credit", sn)
    columns = {
        "sn": sn,
        "owner_id": account.owner_id,
        "type": int(draft.type),
        "credit": draft.credit,
        "balance_after": balance,
        "seq": account.seq,
        "memo": draft.memo,
        "level_id": account.level_id,
        "policy_id": draft.policy_id,
        "amount": draft.amount,
        "source_type": source.type,
        "source_sn": source.sn,
        "origin_sn": draft.origin_sn,
        "reverses_id": draft.reverses_id,
        "creater_id": actor.user_id,
        "create_time": now,
    }
    entry = Credit(id=int(fetch_prepared(_INSERT, columns)[0]["id"]), **columns)
    entry._state.adding = False
    return entry
