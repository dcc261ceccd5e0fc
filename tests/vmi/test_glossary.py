"""The glossary says what the screens say: every model, number of the stock core, status and role, in both languages."""

from typing import Any

import pytest
from django.apps import apps
from django.utils.translation import override

from inventory.choices import COLUMNS, Counter, Layer
from vmi.accounts.roles import ROLES
from vmi.core import messages
from vmi.statuses.seeds import SEEDS

pytestmark = pytest.mark.no_database


def both(text: Any) -> str:
    """The first two cells of a row."""
    with override("zh-hans"):
        chinese = str(text)
    with override("en"):
        return f"| {chinese} | {text} |"


@pytest.fixture(scope="module")
def glossary() -> str:
    return (messages.ROOT / "docs" / "glossary.md").read_text("utf-8")


def test_every_model_is_explained(glossary: str) -> None:
    own = [model for model in apps.get_models() if model.__module__.split(".")[0] in messages.OWN]
    rows = [f"{both(model._meta.verbose_name)} `{model.__name__}` |" for model in own]

    assert [row for row in rows if row not in glossary] == []


def test_every_number_of_the_stock_core_is_explained(glossary: str) -> None:
    rows = [f"{both(counter.label)} `{COLUMNS[counter]}` |" for counter in Counter]
    rows += [f"{both(layer.label)} `Layer.{layer.name}` |" for layer in Layer]

    assert [row for row in rows if row not in glossary] == []


def test_every_status_and_role_is_named(glossary: str) -> None:
    rows = [f"| {row.value} | {row.name} | {row.name_en} |" for row in SEEDS]
    rows += [f"{both(role.title)} `{role.name}` |" for role in ROLES]

    assert [row for row in rows if row not in glossary] == []
