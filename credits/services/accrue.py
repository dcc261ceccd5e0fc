"""Granting credits by policy."""

from datetime import datetime
from decimal import Decimal

from django.db.models import DecimalField, Exists, F, OuterRef, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from credits.choices import TRIGGER_TYPE, CreditTrigger, PolicyStatus
from credits.models import Credit, CreditReport, RewardPolicy
from credits.policies import parse_rule
from credits.services.accounts import Draft, book, locked_report
from vmi.core import clock
from vmi.core.actors import Actor
from vmi.core.commands import command
from vmi.core.sources import Source
from vmi.events.catalogue import CreditAccrued
from vmi.events.services import Entry, record_many


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
    report = locked_report(partner_id, actor=actor, now=now)
    # Read after the lock: what another transaction granted or reversed for this member is visible now.
    policies = list(_policies(trigger, source))
    drafts = [draft for policy in policies if (draft := _draft(policy, report, trigger, source, amount, at or now))]

    entries = book(report, drafts, actor=actor, now=now)

    if entries:
        record_many([_event(entry, trigger, report) for entry in entries], actor=actor)
    return entries


def _policies(trigger: CreditTrigger, source: Source) -> "QuerySet[RewardPolicy]":
    """Enabled policies that have not granted for the source, with what was returned of it already."""
    granted = Credit.objects.filter(policy=OuterRef("pk"), source_type=source.type, source_sn=source.sn)
    early = Credit.objects.filter(origin_sn=source.sn, reverses__isnull=True).order_by().values("origin_sn")
    return (
        RewardPolicy.objects.filter(~Exists(granted), policy__trigger=str(trigger), status_id=PolicyStatus.ENABLED)
        .annotate(
            returned=Coalesce(
                Subquery(early.annotate(total=Sum(F("amount"))).values("total")),
                Value(Decimal(0)),
                output_field=DecimalField(max_digits=14, decimal_places=2),
            )
        )
        .order_by("pk")
    )


def _draft(
    policy: RewardPolicy,
    report: CreditReport,
    trigger: CreditTrigger,
    source: Source,
    amount: Decimal | None,
    at: datetime,
) -> Draft | None:
    rule = parse_rule(policy.policy)
    if not rule.covers(instant=at, level_id=report.owner.level_id, partner_code=report.owner.code):
        return None
    base = None if amount is None else amount - policy.returned  # type: ignore[attr-defined]  # annotated above
    if base is not None and base <= 0:
        return None
    points = rule.points_for(base)
    if points == 0:
        return None
    return Draft(
        type=TRIGGER_TYPE[trigger], credit=points, source=source, memo=policy.name, policy_id=policy.pk, amount=base
    )


def _event(entry: Credit, trigger: CreditTrigger, report: CreditReport) -> Entry:
    payload = CreditAccrued(partner_id=entry.owner_id, sn=entry.sn, credit=entry.credit, trigger=str(trigger))
    return Entry(payload, subject=f"partner:{report.owner.code}")
