"""The kernel's system checks and the registry of proofs."""

from typing import Any

import pytest
from django.apps import apps
from django.core import checks as django_checks
from django.db import models
from django.test.utils import isolate_apps

from vmi.core import audit, checks, checks_registry
from vmi.core.actors import system_actor
from vmi.numbering.models import NumberRule

pytestmark = pytest.mark.usefixtures("db")


def ids(found: list[Any]) -> list[str]:
    return [message.id for message in found]


@pytest.mark.parametrize(
    "check", [checks.check_keys, checks.check_columns, checks.check_constraint_names, checks.check_schemas]
)
def test_the_product_keeps_its_own_rules(check: Any) -> None:
    assert check(None) == []
    assert check in set(django_checks.registry.registry.registered_checks)
    assert len(list(checks.own_models())) > 20


@isolate_apps("vmi.numbering")
def test_a_model_that_breaks_the_rules_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    class Careless(models.Model):
        id = models.AutoField(primary_key=True)
        quantity = models.PositiveIntegerField()
        price = models.FloatField()

        class Meta:
            app_label = "numbering"
            constraints = [models.CheckConstraint(condition=models.Q(price__gte=0), name="price_is_fine")]

    monkeypatch.setattr(checks, "own_models", lambda: iter([Careless]))

    assert ids(checks.check_keys(None)) == ["vmi.E001"]
    assert [message.obj.name for message in checks.check_columns(None)] == ["quantity", "price"]
    assert ids(checks.check_constraint_names(None)) == ["vmi.E003"]


def test_a_business_app_in_the_shared_schema_is_refused(settings: Any) -> None:
    settings.SHARED_APPS = [*settings.SHARED_APPS, "orders"]

    assert [message.msg for message in checks.check_schemas(None)] == ["orders must be in TENANT_APPS only."]


def test_own_models_leave_third_parties_out() -> None:
    own = set(checks.own_models())

    assert NumberRule in own
    assert apps.get_model("auth.Group") not in own


def test_proofs_run_by_name_and_register_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks_registry, "_proofs", {})

    def holds() -> list[dict[str, Any]]:
        return []

    def fails() -> list[dict[str, Any]]:
        return [{"row": 7, "stored": 1, "proved": 2}]

    checks_registry.register_proof("I2 b", holds)
    checks_registry.register_proof("I1 a", fails)
    checks_registry.register_proof("I1 a", fails)

    assert checks_registry.run_proofs() == {"I1 a": [{"row": 7, "stored": 1, "proved": 2}], "I2 b": []}
    assert list(checks_registry.proofs()) == ["I1 a", "I2 b"]
    with pytest.raises(ValueError, match="registered twice"):
        checks_registry.register_proof("I1 a", holds)


def test_an_audit_reports_changed_columns_only(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[dict[str, Any], dict[str, Any]]] = []

    def sink(instance: Any, before: Any, after: Any, *, actor: Any) -> None:
        seen.append((dict(before), dict(after)))

    monkeypatch.setattr(audit, "_sinks", [sink])
    rule = NumberRule.objects.get(kind="order")
    before = audit.snapshot(rule)
    rule.width = 9

    audit.audit(rule, before, audit.snapshot(rule), actor=system_actor())
    audit.audit(rule, before, before, actor=system_actor())

    assert seen == [({"width": 6}, {"width": 9})]
