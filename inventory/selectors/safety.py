"""Safety stock as people look at it: what is withheld, what is missing, which locks hold today."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case, F, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from inventory.choices import ReviewState
from inventory.models import SafetyPolicy, SafetyReview
from vmi.core.db import fetch_all

MISSING = Greatest(
    Greatest(F("target_qty") - F("released_qty"), Value(0)) - F("logical__safety_qty"), Value(0)
) + Greatest(-F("logical__available_qty"), Value(0))
"""Units that should be withheld and are not, and withheld units whose goods were lost."""


@dataclass(frozen=True, slots=True)
class SafetyNumbers:
    """Policies of the namespace: how many, how many are not backed and by how many units, open proposals."""

    policies: int
    deficits: int
    missing_units: int
    released: int
    proposals: int


def locked_on(day: date) -> Q:
    """The policies whose lock holds on this day."""
    return Q(is_locked=True) & (Q(locked_until=None) | Q(locked_until__gt=day))


def with_figures(policies: QuerySet[SafetyPolicy], *, on: date) -> QuerySet[SafetyPolicy]:
    """Add ``withheld_qty``, ``deficit_qty`` (units) and ``locked_now`` to policies; no query of its own."""
    return policies.annotate(
        withheld_qty=F("logical__safety_qty"),
        deficit_qty=MISSING,
        locked_now=Case(When(locked_on(on), then=Value(1)), default=Value(0), output_field=IntegerField()),
    )


def safety_numbers() -> SafetyNumbers:
    """The numbers of the namespace, in one statement."""
    (row,) = fetch_all(_NUMBERS)
    return SafetyNumbers(**{name: int(value) for name, value in row.items()})


def review_sentence(review: SafetyReview) -> str:
    """What a review saw and proposes, as a sentence in the reader's language."""
    evidence = review.evidence
    supply, backtest = evidence["supply"], evidence["backtest"]
    parts = [
        ngettext("In %(days)s day:", "In %(days)s days:", evidence["days"]),
        _("releases %(releases)s (units %(released_units)s), stock-outs %(stock_outs)s, idle days %(idle_days)s;"),
        _("average daily outbound %(average_outbound)s (variance %(variance)s)."),
        *([_refused(evidence)] if evidence.get("refused_units") else []),
        _("No delivery observed, lead time assumed: %(lead_days)s days.")
        if supply["is_assumed"]
        else _("Lead time %(lead_days)s days, late by %(late_days)s days."),
        _("Back-test over %(tested)s days: target %(now)s – days short %(now_out)s, idle units %(now_idle)s.")
        if review.state == ReviewState.NOTHING_TO_DO
        else _(
            "Back-test over %(tested)s days: target %(now)s – days short %(now_out)s, idle units %(now_idle)s;"
            " target %(new)s – days short %(new_out)s, idle units %(new_idle)s."
        ),
    ]
    current, proposed = backtest["current"], backtest["proposed"]
    figures = {
        **{name: value for name, value in evidence.items() if not isinstance(value, dict)},
        **supply,
        "tested": backtest["days"],
        "now": current["target"],
        "now_out": current["stock_out_days"],
        "now_idle": current["average_idle_units"],
        "new": proposed["target"],
        "new_out": proposed["stock_out_days"],
        "new_idle": proposed["average_idle_units"],
    }
    return " ".join(part % figures for part in parts)


def _refused(evidence: dict[str, Any]) -> str:
    """What buyers could not have, as a sentence; the same buyer on two days counts twice."""
    return ngettext(
        "Refused for want of stock: units %(refused_units)s, to %(refused_buyers)s buyer.",
        "Refused for want of stock: units %(refused_units)s, to %(refused_buyers)s buyers.",
        evidence["refused_buyers"],
    )


_NUMBERS = f"""
    SELECT count(*) AS policies, count(*) FILTER (WHERE missing > 0) AS deficits,
           coalesce(sum(missing), 0) AS missing_units, count(*) FILTER (WHERE released_qty > 0) AS released,
           (SELECT count(*) FROM inventory_safetyreview WHERE state = {int(ReviewState.PROPOSED)}) AS proposals
    FROM (
        SELECT p.released_qty, greatest(greatest(p.target_qty - p.released_qty, 0) - l.safety_qty, 0)
                               + greatest(-l.available_qty, 0) AS missing
        FROM inventory_safetypolicy p JOIN inventory_logicalstock l ON l.id = p.logical_id
    ) policy
"""  # noqa: S608 - built from fixed names only
