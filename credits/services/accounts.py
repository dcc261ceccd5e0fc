"""A member's account: opening it, and booking entries into it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from credits.choices import EARNING_TYPES, CreditType
from credits.locks import lock_report
from credits.models import Credit, CreditReport
from partners.exceptions import PartnerNotFound
from partners.services import grade_partner
from vmi.core import clock
from vmi.core.actors import Actor
from vmi.core.commands import command
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


@command
def open_report(*, partner_id: int, actor: Actor) -> CreditReport:
    """The member's account, opened if it did not exist (S000-9). Raises PartnerNotFound."""
    return locked_report(partner_id, actor=actor, now=clock.now())


def locked_report(partner_id: int, *, actor: Actor, now: datetime) -> CreditReport:
    """The member's account under its lock; opened on first use, so that nobody has to remember to."""
    report = lock_report(partner_id)
    if report is not None:
        return report
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
    report = lock_report(partner_id)
    if report is None:
        raise PartnerNotFound(details={"id": partner_id})
    return report


def book(report: CreditReport, drafts: Sequence[Draft], *, actor: Actor, now: datetime) -> list[Credit]:
    """Append entries and carry the account along: two statements, and two more when the member changes level.

    ``report`` must be locked. A draft without a source is its own: the entry's number.
    """
    entries = [_entry(report, draft, actor=actor, now=now) for draft in drafts]
    if not entries:
        return []
    Credit.objects.bulk_create(entries)

    report.modify_time = now
    report.save(update_fields=["credit", "available", "owed", "seq", "modify_time"])
    if not report.owner.level.holds(max(report.credit, 0)):
        grade_partner(partner_id=report.owner_id, points=report.credit, actor=actor)
    return entries


def _entry(report: CreditReport, draft: Draft, *, actor: Actor, now: datetime) -> Credit:
    """Move the account in memory by one draft and return its entry."""
    balance = report.balance + draft.credit
    report.available, report.owed = max(balance, 0), max(-balance, 0)
    report.seq += 1
    if draft.type in EARNING_TYPES:
        report.credit += draft.credit
    sn = next_number("credit", on=now)
    source = draft.source or Source("credit", sn)
    return Credit(
        sn=sn,
        owner_id=report.owner_id,
        type=draft.type,
        credit=draft.credit,
        balance_after=balance,
        seq=report.seq,
        memo=draft.memo,
        level_id=report.owner.level_id,
        policy_id=draft.policy_id,
        amount=draft.amount,
        source_type=source.type,
        source_sn=source.sn,
        origin_sn=draft.origin_sn,
        reverses_id=draft.reverses_id,
        creater_id=actor.user_id,
        create_time=now,
    )
