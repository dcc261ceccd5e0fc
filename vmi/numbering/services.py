"""The one function that makes codes and document numbers."""

import time
from datetime import datetime

from django.conf import settings
from django.db import connection

from vmi.core import clock
from vmi.core.tenancy import current_schema
from vmi.numbering import blocks
from vmi.numbering.models import NumberRule
from vmi.numbering.rules import DEFAULT_RULES, Period, Rule, period_key, render

_rules: dict[tuple[str, str], tuple[float, dict[str, Rule]]] = {}


def next_number(kind: str, *, on: datetime | None = None) -> str:
    """The next number of ``kind``, for example ``ORD-20261122-000123`` (S000-6, R28).

    ``on`` is the command's instant; its business day in the namespace's zone becomes the date part. Numbers
    are unique in the namespace and rise within a process; gaps are normal. Raises KeyError for an unknown
    kind and NoNamespace outside a namespace.
    """
    schema = current_schema()
    rule = rule_of(schema, kind)
    day = None if rule.period == Period.NONE else clock.local_date(on or clock.now())
    period = period_key(rule, day)
    return render(rule, period, blocks.take(schema, kind, period), schema)


def rule_of(schema: str, kind: str) -> Rule:
    """The rule in force for a kind: the namespace's row, else the product's default.

    Rules are remembered for ``NUMBER_RULES_CACHE_S`` seconds; an edited one is in force everywhere after this.
    """
    key = (str(connection.settings_dict["NAME"]), schema)
    expires, rules = _rules.get(key, (0.0, {}))
    if time.monotonic() >= expires:
        rules = {row.kind: row.as_rule() for row in NumberRule.objects.all()}
        _rules[key] = (time.monotonic() + settings.NUMBER_RULES_CACHE_S, rules)
    return rules.get(kind) or DEFAULT_RULES[kind]


def forget_rules() -> None:
    """Read the rules again at the next call; the back office calls this after an edit."""
    _rules.clear()
