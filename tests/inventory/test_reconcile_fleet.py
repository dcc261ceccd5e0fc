"""The command proves every active namespace, several at a time; one that cannot be proved does not hide the others."""

import io
import json
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from tests.factories.inventory import make_stock
from tests.inventory.busy import plant


@pytest.fixture
def quiet() -> dict[str, Any]:
    """Where the command writes."""
    return {"stdout": io.StringIO(), "stderr": io.StringIO()}


def test_every_active_namespace_is_proved(committed_namespace: Any, quiet: dict[str, Any]) -> None:
    make_stock(3)

    call_command("reconcile", as_json=True, jobs=2, **quiet)

    answers = json.loads(quiet["stdout"].getvalue())
    names = [answer["namespace"] for answer in answers]
    assert committed_namespace.schema_name in names
    assert {"alpha", "beta"} <= set(names)
    assert names == sorted(names)
    assert all(answer["differences"] == 0 for answer in answers)
    assert f"/{len(names)}] {committed_namespace.schema_name}: ok" in quiet["stderr"].getvalue()


def test_a_difference_in_one_namespace_fails_the_fleet(committed_namespace: Any, quiet: dict[str, Any]) -> None:
    stock = make_stock(3)
    plant("UPDATE inventory_logicalstock SET safety_qty = 1 WHERE id = %s", stock.logical.pk)

    with pytest.raises(CommandError, match="2 differences, 0 namespaces not proved") as failure:
        call_command("reconcile", jobs=3, **quiet)

    assert failure.value.returncode == 1
    text = quiet["stdout"].getvalue()
    assert f"{committed_namespace.schema_name}: I1–I8 stock: 2 differences" in text
    assert "invariant=I1, table=inventory_logicalstock" in text
    assert "alpha: I1–I8 stock: ok" in text


def test_a_namespace_that_cannot_be_proved_is_named(committed_namespace: Any, quiet: dict[str, Any]) -> None:
    plant("ALTER TABLE inventory_channelshare RENAME TO lost")
    try:
        with pytest.raises(CommandError, match="0 differences, 1 namespaces not proved"):
            call_command("reconcile", as_json=True, **quiet)
    finally:
        plant("ALTER TABLE lost RENAME TO inventory_channelshare")

    broken = [answer for answer in json.loads(quiet["stdout"].getvalue()) if "error" in answer]
    assert [answer["namespace"] for answer in broken] == [committed_namespace.schema_name]
    assert "inventory_channelshare" in broken[0]["error"]
