"""``/healthz`` (the process lives) and ``/readyz`` (it can work), on any host, before a namespace is looked up."""

import time
from collections.abc import Callable

from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse

Probe = Callable[[], str | None]
"""A check of one dependency: None when it is well, else a short reason without secrets."""

HEARTBEAT_KEY = "vmi-heartbeat"
HEARTBEAT_PERIOD_S = 30

_probes: dict[str, Probe] = {}
_migrated = False


def register_probe(name: str, probe: Probe) -> None:
    """Add a check to ``/readyz``; apps call it in ``ready()`` for what they depend on."""
    _probes[name] = probe


class HealthMiddleware:
    """Answers the two health paths itself and passes everything else on."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """200 or 503 for the health paths; never an exception, never details of the installation."""
        if request.path == "/healthz":
            return JsonResponse({"status": "ok"})
        if request.path == "/readyz":
            return _readiness()
        return self.get_response(request)


def _readiness() -> JsonResponse:
    answers = {name: _ask(probe) for name, probe in _probes.items()}
    ready = all(answer is None for answer in answers.values())
    body = {"status": "ready" if ready else "unavailable", "checks": {n: a or "ok" for n, a in answers.items()}}
    return JsonResponse(body, status=200 if ready else 503)


def _ask(probe: Probe) -> str | None:
    try:
        return probe()
    except Exception as error:  # noqa: BLE001 - a broken dependency may raise anything; the answer is "not ready", not a 500
        return type(error).__name__


def probe_database() -> str | None:
    """The database answers a statement."""
    connection.set_schema_to_public()
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return None


def probe_migrations() -> str | None:
    """The shared schema has every migration of this code; asked until it has, then remembered."""
    global _migrated
    if not _migrated:
        connection.set_schema_to_public()
        executor = MigrationExecutor(connection)
        shared = {app.rsplit(".", 1)[-1] for app in settings.SHARED_APPS}
        targets = [key for key in executor.loader.graph.leaf_nodes() if key[0] in shared]
        if executor.migration_plan(targets):
            return "migrations are pending"
        _migrated = True
    return None


def probe_broker() -> str | None:
    """The broker accepts a connection."""
    from vmi.celery import app

    with app.connection_for_write(connect_timeout=2) as broker:
        broker.ensure_connection(max_retries=1, timeout=2)
    return None


def probe_heartbeat() -> str | None:
    """Beat and worker completed a heartbeat within the last three periods; unknown without a shared cache."""
    if "locmem" in settings.CACHES["default"]["BACKEND"]:
        return None
    beaten = cache.get(HEARTBEAT_KEY)
    if beaten is None or time.time() - float(beaten) > 3 * HEARTBEAT_PERIOD_S:
        return "no heartbeat of the background jobs"
    return None


def beat_once() -> None:
    """Note that beat and a worker are alive; called by the heartbeat task."""
    cache.set(HEARTBEAT_KEY, time.time(), timeout=None)
