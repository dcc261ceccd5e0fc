"""Granting credits by policy."""

import json
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from credits.choices import TRIGGER_TYPE, CreditTrigger, PolicyStatus
from credits.locks import Account
from credits.models import Credit
from credits.policies import parse_rule
from credits.services.accounts import Draft, book, locked_account
from vmi.core import clock
from vmi.core.actors import Actor
from vmi.core.commands import command
from vmi.core.db import fetch_prepared
from vmi.core.sources import Source
from vmi.events.catalogue import CreditAccrued
from vmi.events.services import Entry, record_many

_OFFERS: Final = """
    SELECT policy.id, policy.name, policy.policy::text AS rule,
           (SELECT coalesce(sum(early.amount), 0) FROM credits_credit early
            WHERE early.origin_sn = %(sn)s AND early.origin_sn <> '' AND early.reverses_id IS NULL) AS returned
    FROM credits_rewardpolicy policy
    WHERE policy.status_id = %(enabled)s AND policy.policy ->> 'trigger' = %(trigger)s
      AND NOT EXISTS (SELECT FROM credits_credit granted
                      WHERE granted.source_type = %(type)s AND granted.source_sn = %(sn)s
                        AND granted.policy_id = policy.id)
    ORDER BY policy.id
"""


@dataclass(frozen=True, slots=True)
class Offer:
    """A policy that may grant, and the money of the source that came back before it accrued."""

    id: int
    name: str
    rule: str
    returned: Decimal


@command
def accrue(
    *,
    partner_id: int,
    trigger: CreditTrigger,
    source: Source,
    amount: Decimal | None,
    actor: Actor,
    at: datetime | None = None,
) -> list[Credit]:
    """Grant what every enabled policy of ``trigger`` gives for ``source``, each once (S000-28, C-35, R14).

    ``amount`` is money in the namespace's currency, for policies with a rate; what was returned of the source
    before it accrued is taken off first. ``at`` is when it happened (default now) and decides validity. Returns the new
    entries, none when no policy applies or all have granted already. Five statements plus the clock's.
    """
    now = clock.now()
    account = locked_account(partner_id, actor=actor, now=now)
    # Read after the lock: what another transaction granted or reversed for this member is visible now.
    offers = _offers(trigger, source)
    drafts = [draft for offer in offers if (draft := _draft(offer, account, trigger, source, amount, at or now))]

    entries = book(account, drafts, actor=actor, now=now)

    if entries:
        record_many([_event(entry, trigger, account) for entry in entries], actor=actor)
    return entries


def _offers(trigger: CreditTrigger, source: Source) -> list[Offer]:
    """What the enabled policies of the trigger offer that have not granted for the source."""
    given = {"trigger": str(trigger), "enabled": int(PolicyStatus.ENABLED), "type": source.type, "sn": source.sn}
    return [Offer(**row) for row in fetch_prepared(_OFFERS, given)]


def _draft(
    offer: Offer, account: Account, trigger: CreditTrigger, source: Source, amount: Decimal | None, at: datetime
) -> Draft | None:
    rule = parse_rule(json.loads(offer.rule))
    if not rule.covers(instant=at, level_id=account.level_id, partner_code=account.owner_code):
        return None
    base = None if amount is None else amount - offer.returned
    if base is not None and base <= 0:
        return None
    points = rule.points_for(base)
    if points == 0:
        return None
    return Draft(
        type=TRIGGER_TYPE[trigger], credit=points, source=source, memo=offer.name, policy_id=offer.id, amount=base
    )


def _event(entry: Credit, trigger: CreditTrigger, account: Account) -> Entry:
    payload = CreditAccrued(partner_id=entry.owner_id, sn=entry.sn, credit=entry.credit, trigger=str(trigger))
    return Entry(payload, subject=f"partner:{account.owner_code}")
