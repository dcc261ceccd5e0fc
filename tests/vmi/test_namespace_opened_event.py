"""The log of a namespace begins with its opening."""

from typing import Any

import pytest
from django.db import connection

from vmi.core.actors import SYSTEM_USER_ID
from vmi.core.tenancy import run_in_namespace
from vmi.events.models import Event
from vmi.namespaces import opening
from vmi.namespaces.exceptions import NamespaceStateConflict
from vmi.namespaces.services import open_namespace


def _open() -> Any:
    return open_namespace(schema_name="gamma", name="Gamma", domain="gamma.testserver")


def _log() -> list[tuple[str, str, int, dict[str, Any]]]:
    with run_in_namespace("gamma"):
        return list(Event.objects.values_list("type", "subject", "actor_id", "payload"))


OPENED = [("namespace.opened", "namespace:gamma", SYSTEM_USER_ID, {"schema": "gamma"})]


def test_an_opening_is_the_first_event_of_the_new_namespace_only(db: None) -> None:
    before = Event.objects.count()
    connection.set_schema_to_public()

    _open()
    _open()

    assert _log() == OPENED
    with run_in_namespace("alpha"):
        assert Event.objects.count() == before


def test_an_opening_that_is_continued_is_recorded_once(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(namespace: Any) -> None:
        raise NamespaceStateConflict

    connection.set_schema_to_public()
    with monkeypatch.context() as patch:
        patch.setattr(opening, "_distribute", fail)
        with pytest.raises(NamespaceStateConflict):
            _open()
    _open()

    assert _log() == OPENED
