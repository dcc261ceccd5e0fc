"""Calls and foreign keys go down; both an import checker's and our own eyes."""

import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models

pytestmark = pytest.mark.no_database

ROOT = Path(__file__).resolve().parent.parent.parent

RANK = {
    "statuses": 0,
    "accounts": 0,
    "namespaces": 0,
    "numbering": 0,
    "events": 0,
    "api": 0,
    "auth": 0,
    "contenttypes": 0,
    "partners": 1,
    "catalog": 2,
    "credits": 2,
    "warehousing": 2,
    "inventory": 3,
    "stores": 4,
    "orders": 5,
    "payments": 6,
}
"""The layer of each app by label; an app may refer to itself and to lower layers, never sideways or up."""


def allowed(source: str, target: str) -> bool:
    """Whether a foreign key from ``source`` to ``target`` goes down."""
    return source == target or RANK[target] < RANK[source] or RANK[source] == RANK[target] == 0


def test_import_contracts_hold() -> None:
    program = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    command = [sys.executable, "-c", program, "--no-cache", "--no-logo"]  # a process: it configures logging for itself
    linted = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert linted.returncode == 0, linted.stdout
    assert " 0 broken." in linted.stdout


def test_foreign_keys_go_down() -> None:
    wrong = []
    for model in apps.get_models():
        label = model._meta.app_label
        if label not in RANK:
            continue
        for field in model._meta.get_fields():
            if not isinstance(field, models.ForeignKey):
                continue
            target = field.related_model._meta.app_label
            if target in RANK and not allowed(label, target):
                wrong.append(f"{model._meta.label}.{field.name} → {target}")

    assert wrong == []


@pytest.mark.parametrize(
    ("source", "target", "verdict"),
    [
        ("orders", "inventory", True),
        ("inventory", "orders", False),
        ("catalog", "warehousing", False),
        ("orders", "payments", False),
        ("stores", "stores", True),
        ("partners", "accounts", True),
    ],
)
def test_the_rule_itself(source: str, target: str, verdict: bool) -> None:
    assert allowed(source, target) is verdict


def test_stock_reaches_documents_by_reference_only() -> None:
    for model in apps.get_app_config("inventory").get_models():
        for field in model._meta.get_fields():
            if isinstance(field, models.ForeignKey):
                assert field.related_model._meta.app_label not in ("stores", "orders", "payments")


def test_statuses_are_referred_to_without_a_database_key() -> None:
    from vmi.statuses.fields import StatusField

    fields = [
        field for model in apps.get_models() for field in model._meta.get_fields() if isinstance(field, StatusField)
    ]
    assert fields
    assert [str(field) for field in fields if getattr(field, "db_constraint", True)] == []
