"""Creating, changing, enabling and disabling reward policies."""

from collections.abc import Callable
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from credits.choices import POLICY_MACHINE, PolicyStatus
from credits.exceptions import InvalidPolicy, PolicyNameTaken, PolicyNotFound
from credits.models import RewardPolicy
from credits.models.policy import POLICY_NAME_MAX
from credits.policies import parse_rule
from partners.selectors import level_rows
from vmi.core import clock
from vmi.core.actors import Actor
from vmi.core.integrity import refusing
from vmi.core.text import clean_text
from vmi.events.services import audit
from vmi.statuses.machine import transition

_REFUSALS: Final = {"credits_rewardpolicy_name": lambda: PolicyNameTaken(param="name")}


def _name(value: object) -> str:
    return clean_text(value, param="name", limit=POLICY_NAME_MAX, error=InvalidPolicy, required=True)


def _description(value: object) -> str:
    return clean_text(value, param="description", limit=4000, error=InvalidPolicy, lines=True)


def _rule(value: Any) -> dict[str, Any]:
    """The rule as given, once it parses and its levels exist."""
    rule = parse_rule(value)
    if rule.levels - {level.id for level in level_rows()}:
        raise InvalidPolicy(_("There is no such level."), code="unknown_reference", param="policy.exclusions.levels")
    return dict(value)


_CLEANERS: Final[dict[str, Callable[[Any], Any]]] = {"name": _name, "description": _description, "policy": _rule}


@transaction.atomic
def create_policy(*, name: str, policy: dict[str, Any], description: str = "", actor: Actor) -> RewardPolicy:
    """Add a policy, enabled at once (S000-11).

    Raises InvalidPolicy with the key (``policy.rate``) or PolicyNameTaken.
    """
    now = clock.now()
    given = {"name": name, "description": description, "policy": policy}
    values = {field: _CLEANERS[field](value) for field, value in given.items()}
    _refuse_taken(values["name"])

    with refusing(_REFUSALS):
        row = RewardPolicy.objects.create(**values, creater_id=actor.user_id, create_time=now, modify_time=now)

    audit(row, before={}, after=values, actor=actor)
    return row


@transaction.atomic
def update_policy(*, policy_id: int, changes: dict[str, Any], actor: Actor) -> RewardPolicy:
    """Change some of ``name``, ``description`` and ``policy``; entries granted before stay as they are.

    Raises PolicyNotFound, InvalidPolicy with the key, or PolicyNameTaken. Audited with old and new rule.
    """
    unknown = set(changes) - set(_CLEANERS)
    if unknown:
        raise TypeError(f"update_policy does not change {sorted(unknown)}")
    row = _get(policy_id)
    values = {field: _CLEANERS[field](value) for field, value in changes.items()}
    before = {field: getattr(row, field) for field in values}
    if values == before:
        return row
    if values.get("name", row.name) != row.name:
        _refuse_taken(values["name"])

    for field, value in values.items():
        setattr(row, field, value)
    row.modify_time = clock.now()
    with refusing(_REFUSALS):
        row.save(update_fields=[*values, "modify_time"])

    audit(row, before=before, after=values, actor=actor)
    return row


@transaction.atomic
def enable_policy(*, policy_id: int, actor: Actor) -> RewardPolicy:
    """Let a policy grant again; an enabled one stays as it is."""
    return _move(policy_id, PolicyStatus.ENABLED, actor)


@transaction.atomic
def disable_policy(*, policy_id: int, actor: Actor) -> RewardPolicy:
    """Stop a policy from granting; what it granted stays. A disabled one stays as it is."""
    return _move(policy_id, PolicyStatus.DISABLED, actor)


def _move(policy_id: int, to: PolicyStatus, actor: Actor) -> RewardPolicy:
    row = _get(policy_id)
    before = row.status_id
    if before == to:
        return row

    transition(row, to, machine=POLICY_MACHINE, actor=actor, extra={"modify_time": clock.now()})

    audit(row, before={"status": before}, after={"status": int(to)}, actor=actor)
    return row


def _get(policy_id: int) -> RewardPolicy:
    row = RewardPolicy.objects.filter(pk=policy_id).first()
    if row is None:
        raise PolicyNotFound(details={"id": policy_id})
    return row


def _refuse_taken(name: str) -> None:
    if RewardPolicy.objects.filter(name=name).exists():
        raise PolicyNameTaken(param="name")
