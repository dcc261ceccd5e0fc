"""Setting which quotas received goods go to."""

from inventory.choices import Purpose
from inventory.models import AssignmentRule
from vmi.core import clock
from vmi.core.actors import Actor
from vmi.core.audit import audit
from vmi.core.commands import command


@command
def set_assignment(
    *,
    logical_id: int | None,
    channel_id: int | None,
    purpose: Purpose,
    percent: int,
    actor: Actor,
    dry_run: bool = False,
) -> AssignmentRule:
    """Give ``percent`` (1 to 100) of every receipt to one bucket; naming it again changes the percentage.

    Without ``logical_id`` the rule is the channel's and covers every row it sells from; without ``channel_id`` the
    units are shared by the channels of the pool.
    """
    now = clock.now()
    rules = AssignmentRule.objects.filter(purpose=purpose)
    rules = rules.filter(logical=None) if logical_id is None else rules.filter(logical_id=logical_id)
    rules = rules.filter(channel=None) if channel_id is None else rules.filter(channel_id=channel_id)
    rule = rules.first()
    before = {"percent": rule.percent} if rule else {}
    if rule is None:
        rule = AssignmentRule(logical_id=logical_id, channel_id=channel_id, purpose=purpose)
        rule.creater_id, rule.create_time = actor.user_id, now
    rule.percent, rule.modify_time = percent, now
    rule.save()
    audit(rule, before, {"percent": percent}, actor=actor)
    return rule
