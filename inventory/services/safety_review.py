"""Reviews of safety stock: what a period says, what they propose, and one step to accept it (S001-23, S001-24)."""

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from inventory.choices import ReviewState, SafetyVerdict
from inventory.exceptions import ReviewDecided
from inventory.models import SafetyReview
from inventory.selectors.safety_facts import Facts, safety_facts
from inventory.services.safety import set_safety
from inventory.services.safety_judge import judge
from inventory.services.safety_rows import PolicyRow, SafetyEffect, lock_policies
from inventory.services.safety_terms import SafetyTerms, daily_averages
from vmi.core import clock
from vmi.core.actors import Actor, system_actor
from vmi.core.commands import command
from vmi.core.db import fetch_prepared
from vmi.core.exceptions import NotFound
from vmi.core.sources import Source
from vmi.events.catalogue import SafetyReviewed
from vmi.events.services import record

BACKTEST_DAYS = 60
"""Days of outbound a back-test replays; fewer for a row that is younger."""

REVIEWS_MAX = 200
"""Policies one transaction reviews."""

REVIEW_REASON = "review"
"""The reason of a setting that accepts a proposal."""


@command
def review_safety(*, logical_ids: Collection[int], actor: Actor | None = None) -> list[SafetyReview]:
    """Review the policies of these rows by their period up to yesterday; returns the reviews made.

    A new review replaces a proposal nobody decided about. Rows without a policy and rows younger than a day are left
    out. Records SafetyReviewed for every proposal. Statements by table, whatever the number of rows.
    """
    now, author = clock.now(), actor or system_actor("safety")
    today = clock.local_date(now)
    policies = lock_policies(logical_ids)
    facts = safety_facts(policies, since=today - timedelta(days=BACKTEST_DAYS), until=today)
    averages = daily_averages(policies, at=now)
    made = []
    for key, policy in policies.items():
        if key in facts and facts[key].days:
            review = _review(policy, facts[key], averages[key])
            review.created_at = now
            made.append(review)
    params = {"policies": [policy.id for policy in policies.values()], "on": today, "at": now}
    fetch_prepared(_REPLACE, params)
    fetch_prepared(_STAMP, params)
    SafetyReview.objects.bulk_create(made)
    by_id = {policy.id: policy for policy in policies.values()}
    for review in made:
        _tell(review, by_id[review.policy_id], author)
    return made


def due_for_review(*, limit: int = REVIEWS_MAX) -> list[int]:
    """The logical rows whose week or month is over, for the daily task."""
    today = clock.local_date(clock.now())
    return [row["logical_id"] for row in fetch_prepared(_DUE, {"today": today, "limit": limit})]


@command
def accept_review(
    *, review_id: int, override: bool = False, source: Source, actor: Actor, dry_run: bool = False
) -> SafetyEffect:
    """Set the safety stock a review proposes, with the extras of the policy and the average outbound of now.

    Raises NotFound, ReviewDecided, SafetyLocked as :func:`set_safety` does.
    """
    row = _decide(review_id, ReviewState.ACCEPTED, actor)
    terms = SafetyTerms(
        cover_days=row["proposed_days"],
        emergency_percent=row["emergency_percent"],
        supplier_risk_percent=row["supplier_risk_percent"],
    )
    return set_safety(
        logical_id=row["logical_id"],
        terms=terms,
        reason=REVIEW_REASON,
        override=override,
        source=source,
        actor=actor,
    )


@command
def reject_review(*, review_id: int, actor: Actor) -> None:
    """Keep the safety stock as it is. Raises NotFound, ReviewDecided."""
    _decide(review_id, ReviewState.REJECTED, actor)


def _decide(review_id: int, state: ReviewState, actor: Actor) -> dict[str, Any]:
    """Close a proposal; returns what it says about its policy, which is locked first as reviews do."""
    lock_policies(SafetyReview.objects.filter(pk=review_id).values_list("policy__logical_id", flat=True))
    params = {"id": review_id, "state": int(state), "actor": actor.user_id, "at": clock.now()}
    rows = fetch_prepared(_DECIDE, params)
    if rows:
        return rows[0]
    if not SafetyReview.objects.filter(pk=review_id).exists():
        raise NotFound(param="id")
    raise ReviewDecided(param="id")


def _review(policy: PolicyRow, facts: Facts, average: Any) -> SafetyReview:
    """The review of one policy, not stored yet."""
    judged = judge(policy, facts, average=average, period_days=policy.review_every)
    period = facts.days[-policy.review_every :]
    fits = judged.verdict is SafetyVerdict.FITS
    return SafetyReview(
        policy_id=policy.id,
        period_from=period[0].on,
        period_to=period[-1].on,
        verdict=judged.verdict,
        current_days=judged.current_days,
        current_target_qty=policy.target_qty,
        proposed_days=judged.proposed_days,
        proposed_target_qty=judged.proposed_target,
        evidence=judged.evidence,
        state=ReviewState.NOTHING_TO_DO if fits else ReviewState.PROPOSED,
    )


def _tell(review: SafetyReview, policy: PolicyRow, actor: Actor) -> None:
    """Record a proposal."""
    if review.state == ReviewState.PROPOSED:
        verdict = SafetyVerdict(review.verdict).name.lower()
        payload = SafetyReviewed(
            policy.sku, policy.warehouse, verdict, review.current_target_qty, review.proposed_target_qty
        )
        record(payload, subject=f"stock:{policy.logical_id}", actor=actor)


_REPLACE = f"""
    UPDATE inventory_safetyreview SET state = {int(ReviewState.REPLACED)}, decided_at = %(at)s::timestamptz
    WHERE policy_id = ANY(%(policies)s::bigint[]) AND state = {int(ReviewState.PROPOSED)}
"""  # noqa: S608 - built from fixed names only

_STAMP = """
    UPDATE inventory_safetypolicy SET reviewed_on = %(on)s::date WHERE id = ANY(%(policies)s::bigint[])
"""

_DUE = """
    SELECT logical_id FROM inventory_safetypolicy
    WHERE coalesce(reviewed_on, create_time::date) <= %(today)s::date - review_every
    ORDER BY logical_id LIMIT %(limit)s::int
"""

_DECIDE = f"""
    UPDATE inventory_safetyreview r
    SET state = %(state)s::smallint, decided_by_id = %(actor)s::bigint, decided_at = %(at)s::timestamptz
    FROM inventory_safetypolicy p
    WHERE p.id = r.policy_id AND r.id = %(id)s::bigint AND r.state = {int(ReviewState.PROPOSED)}
    RETURNING r.proposed_days, p.logical_id, p.emergency_percent, p.supplier_risk_percent
"""  # noqa: S608 - built from fixed names only
