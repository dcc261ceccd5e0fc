"""The page of reward policies."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from credits.choices import POLICY_MACHINE, CreditTrigger, PolicyStatus
from credits.models import RewardPolicy
from credits.policies import parse_rule, summary
from credits.services import create_policy, disable_policy, enable_policy, update_policy
from vmi.core.admin import ModelAdmin, namespace_site, service_action, status_column
from vmi.core.admin.filters import status_filter

FIELDS = ("name", "description", "policy")
EXAMPLE = {"version": 1, "trigger": "order", "rate": "1", "rounding": "floor"}
"""What a new policy starts with: one point per unit of the currency."""


@admin.register(RewardPolicy, site=namespace_site)
class RewardPolicyAdmin(ModelAdmin):
    """Policies; the rule is JSON, its meaning stands beside it."""

    list_display = ("name", "rule_in_words", "state", "modify_time")
    list_filter = (status_filter(PolicyStatus),)
    search_fields = ("name", "description")
    service_actions = ("enable", "disable")
    fieldsets = ((None, {"fields": (("name", "state"), "description", "policy", "rule_in_words")}),)
    add_fieldsets = ((None, {"fields": ("name", "description", "policy")}),)

    state = status_column(machine=POLICY_MACHINE)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """A new policy has no state to show."""
        return self.add_fieldsets if obj is None else super().get_fieldsets(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[Any, ...]:
        """The state moves by actions only."""
        return () if obj is None else ("state", "rule_in_words")

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """The rule starts with an example and says what it may hold."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "policy" and field is not None:
            field.initial = EXAMPLE
            field.help_text = _(
                'trigger: %(triggers)s; "rate" (points per unit of currency, in quotes) or "points" (a fixed grant); '
                "optional: cap, rounding (floor, half_up, ceil), minAmount, exclusions, validity."
            ) % {"triggers": ", ".join(CreditTrigger.values)}
        return field

    @admin.display(description=_("in words"))
    def rule_in_words(self, policy: RewardPolicy) -> str:
        """The rule as one sentence."""
        return summary(parse_rule(policy.policy))

    def save_model(self, request: HttpRequest, obj: RewardPolicy, form: Any, change: bool) -> None:
        """Add or change by command."""
        values = {name: getattr(obj, name) for name in FIELDS}
        if change:
            changes = {name: values[name] for name in form.changed_data if name in values}
            update_policy(policy_id=obj.pk, changes=changes, actor=self.actor(request))
            return
        obj.pk = create_policy(**values, actor=self.actor(request)).pk

    @service_action(
        description=_("enable"),
        permission="credits.change_rewardpolicy",
        when=lambda policy: policy.status_id == PolicyStatus.DISABLED,
    )
    def enable(self, request: HttpRequest, obj: RewardPolicy) -> None:
        """Let the policy grant again."""
        enable_policy(policy_id=obj.pk, actor=self.actor(request))

    @service_action(
        description=_("disable"),
        permission="credits.change_rewardpolicy",
        when=lambda policy: policy.status_id == PolicyStatus.ENABLED,
    )
    def disable(self, request: HttpRequest, obj: RewardPolicy) -> None:
        """Stop the policy from granting."""
        disable_policy(policy_id=obj.pk, actor=self.actor(request))
