"""Credits of members: accounts with a balance, policies."""

import itertools
from decimal import Decimal
from typing import Any

from credits.choices import CreditTrigger
from credits.models import Credit, CreditReport, RewardPolicy
from credits.services import accrue, adjust, create_policy
from partners.models import Partner
from tests.factories.partners import make_partner
from vmi.core.actors import system_actor
from vmi.core.sources import Source

_numbers = itertools.count(1)


def make_account(*, credit: int = 500, partner: Partner | None = None) -> CreditReport:
    """The account of a member with that many credits available."""
    owner = partner or make_partner()
    adjust(partner_id=owner.pk, credit=credit, memo="opening", actor=system_actor())
    return CreditReport.objects.get(owner=owner)


def earn(partner: Partner, *, amount: str, order: str | None = None) -> list[Credit]:
    """What a completed order of that amount grants."""
    return accrue(
        partner_id=partner.pk,
        trigger=CreditTrigger.ORDER,
        source=Source("order", order or f"ORD-TEST-{next(_numbers):06d}"),
        amount=Decimal(amount),
        actor=system_actor(),
    )


def make_policy(**fields: Any) -> RewardPolicy:
    """One extra credit per unit of currency on orders."""
    fields.setdefault("name", f"policy {next(_numbers)}")
    fields.setdefault("policy", {"version": 1, "trigger": "order", "rate": "1"})
    return create_policy(**fields, actor=system_actor())
