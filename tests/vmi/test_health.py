"""``/healthz`` and ``/readyz``: answered on any host, before a namespace is looked up."""

import pytest
from django.test import Client

from vmi.core import health

HOSTS = ["alpha.testserver", "unknown.example.org", "localhost", "127.0.0.1"]


@pytest.fixture
def probes(monkeypatch: pytest.MonkeyPatch) -> dict[str, health.Probe]:
    """The probes, replaceable for one test."""
    replaced: dict[str, health.Probe] = {}
    monkeypatch.setattr(health, "_probes", replaced)
    return replaced


@pytest.mark.parametrize("host", HOSTS)
def test_the_process_is_alive_on_any_host(host: str) -> None:
    response = Client(SERVER_NAME=host).get("/healthz")

    assert response.status_code == 200
    assert response.json() == {"status": "ok"}


@pytest.mark.parametrize("host", HOSTS)
def test_ready_when_every_dependency_answers(host: str) -> None:
    response = Client(SERVER_NAME=host).get("/readyz")

    assert response.json() == {
        "status": "ready",
        "checks": dict.fromkeys(response.json()["checks"], "ok"),
    }
    assert response.status_code == 200
    assert {"database", "migrations", "broker", "jobs"} <= set(response.json()["checks"])


def test_a_probe_that_gives_a_reason_makes_it_503(probes: dict[str, health.Probe]) -> None:
    probes["database"] = lambda: None
    probes["outbox"] = lambda: "oldest delivery waits 900 s"

    response = Client().get("/readyz")

    assert response.status_code == 503
    assert response.json()["checks"] == {"database": "ok", "outbox": "oldest delivery waits 900 s"}


def test_a_probe_that_breaks_is_not_a_500_and_tells_no_secrets(probes: dict[str, health.Probe]) -> None:
    def broken() -> str | None:
        raise ConnectionError("postgres://user:secret@server/db is down")

    probes["database"] = broken

    response = Client().get("/readyz")

    assert response.status_code == 503
    assert response.json()["checks"] == {"database": "ConnectionError"}
    assert b"secret" not in response.content


def test_heartbeat_is_late_after_three_periods(settings: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(settings.CACHES["default"], "BACKEND", "shared")  # type: ignore[attr-defined]
    assert health.probe_heartbeat() == "no heartbeat of the background jobs"

    health.beat_once()
    assert health.probe_heartbeat() is None

    later = health.time.time() + 3 * health.HEARTBEAT_PERIOD_S + 1
    monkeypatch.setattr(health.time, "time", lambda: later)
    assert health.probe_heartbeat() == "no heartbeat of the background jobs"


def test_every_answer_carries_a_request_id(client_for: object) -> None:
    given = Client(SERVER_NAME="alpha.testserver").get("/nowhere", headers={"X-Request-ID": "abcdef-123456"})
    made = Client(SERVER_NAME="alpha.testserver").get("/nowhere", headers={"X-Request-ID": "evil\tvalue <script>"})

    assert given["X-Request-ID"] == "abcdef-123456"
    assert len(made["X-Request-ID"]) == 32
