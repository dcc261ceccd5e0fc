"""Number rules in the namespace's back office."""

from typing import Any

from django.contrib import admin
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from vmi.core import clock
from vmi.core.admin import ModelAdmin, ReadOnlyAdmin, namespace_site
from vmi.core.audit import audit, snapshot
from vmi.core.tenancy import on_commit_in_namespace
from vmi.numbering.models import NumberCounter, NumberRule
from vmi.numbering.rules import KIND_NAMES, Period, period_key, render
from vmi.numbering.services import forget_rules


class KindFilter(admin.SimpleListFilter):
    """Counters of one kind, by the kinds' names."""

    title = _("kind")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Every kind of the product."""
        return list(KIND_NAMES.items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[NumberCounter]) -> QuerySet[NumberCounter]:
        """The counters of the chosen kind."""
        return queryset.filter(kind=self.value()) if self.value() in KIND_NAMES else queryset


@admin.register(NumberRule, site=namespace_site)
class NumberRuleAdmin(ModelAdmin):
    """One rule per kind of number; kinds come with the product, so none is added or removed."""

    list_display = ("kind_named", "prefix", "period", "width", "with_namespace", "example")
    fields = ("kind_named", "prefix", "period", "width", "with_namespace", "example")
    readonly_fields = ("kind_named", "example")

    @admin.display(description=_("kind"), ordering="kind")
    def kind_named(self, obj: NumberRule) -> str:
        """What the numbers are for."""
        return obj.kind_name

    @admin.display(description=_("example"))
    def example(self, obj: NumberRule) -> str:
        """What number 1 of today looks like under this rule."""
        rule = obj.as_rule()
        day = None if rule.period == Period.NONE else clock.local_date(clock.now())
        return render(rule, period_key(rule, day), 1, "namespace")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Kinds are part of the product."""
        return False

    @transaction.atomic
    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Save, record, and let this process use the new rule at once."""
        before = snapshot(NumberRule.objects.get(pk=obj.pk))
        super().save_model(request, obj, form, change)
        audit(obj, before, snapshot(obj), actor=self.actor(request))
        on_commit_in_namespace(forget_rules)


@admin.register(NumberCounter, site=namespace_site)
class NumberCounterAdmin(ReadOnlyAdmin):
    """How far each kind has counted; gaps are normal, because processes take numbers in blocks."""

    list_display = ("kind_named", "period", "last_value")
    list_filter = (KindFilter,)

    @admin.display(description=_("kind"), ordering="kind")
    def kind_named(self, obj: NumberCounter) -> str:
        """What is counted."""
        return obj.kind_name
