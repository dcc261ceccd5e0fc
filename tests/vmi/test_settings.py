"""Settings refuse to start without what they need, and never fall back to an embedded secret."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.surroundings import bare_environment
from vmi.embedded.runner.children import web

pytestmark = pytest.mark.no_database

ROOT = Path(__file__).resolve().parent.parent.parent
COMPLETE = {
    "SECRET_KEY": "x" * 60,
    "DATABASE_URL": "postgres://user:secret@db.example/vmi",
    "CELERY_BROKER_URL": "amqp://broker.example",
}


def _load(module: str, home: Path, code: str = "pass", **variables: str) -> "subprocess.CompletedProcess[str]":
    """Import a settings module in a process of its own with exactly these variables."""
    program = f"import {module} as s; {code}"
    environment = bare_environment(VMI_HOME=str(home), **variables)
    return subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("missing", sorted(COMPLETE))
def test_production_refuses_to_start_without(missing: str, tmp_path: Path) -> None:
    variables = {name: value for name, value in COMPLETE.items() if name != missing}

    loaded = _load("vmi.settings.prod", tmp_path / "home", **variables)

    assert loaded.returncode == 1
    assert f"{missing} is required in production" in loaded.stderr
    assert not (tmp_path / "home").exists()


def test_production_takes_its_servers_from_the_environment(tmp_path: Path) -> None:
    code = (
        "d = s.DATABASES['default'];"
        "print(s.SECRET_KEY[0], d['ENGINE'], d['HOST'], s.EMBEDDED_DATABASE, s.EMBEDDED_BROKER, s.CELERY_BROKER_URL,"
        " s.CELERY_BROKER_TRANSPORT_OPTIONS, s.DEVELOPMENT_GATEWAY, s.DEBUG)"
    )

    loaded = _load("vmi.settings.prod", tmp_path / "home", code, **COMPLETE)

    expected = "x django_tenants.postgresql_backend db.example False False amqp://broker.example {} False False"
    assert loaded.stdout.strip() == expected, loaded.stderr
    assert not (tmp_path / "home").exists()


def test_a_real_database_needs_a_secret_of_its_own(tmp_path: Path) -> None:
    loaded = _load("vmi.settings.dev", tmp_path / "home", DATABASE_URL=COMPLETE["DATABASE_URL"])

    assert loaded.returncode == 1
    assert "SECRET_KEY is required" in loaded.stderr
    assert not (tmp_path / "home" / "secret.key").exists()


def test_the_embedded_installation_keeps_its_own_secret(tmp_path: Path) -> None:
    code = "print(s.SECRET_KEY, s.EMBEDDED_DATABASE, s.EMBEDDED_BROKER, s.DEBUG)"

    first = _load("vmi.settings.dev", tmp_path / "home", code)
    second = _load("vmi.settings.dev", tmp_path / "home", code)

    assert first.stdout == second.stdout
    secret, *rest = first.stdout.split()
    assert len(secret) >= 50
    assert rest == ["True", "True", "False"]


def test_a_web_process_has_connections_for_its_threads_and_its_writers(tmp_path: Path) -> None:
    code = "print(s.WEB_THREADS, s.DATABASES['default']['OPTIONS']['pool']['max_size'])"

    own = _load("vmi.settings.prod", tmp_path, code, **COMPLETE, VMI_PROCESS="web")
    more = _load("vmi.settings.prod", tmp_path, code, **COMPLETE, VMI_PROCESS="web", WEB_THREADS="20")
    named = _load("vmi.settings.prod", tmp_path, code, **COMPLETE, VMI_PROCESS="web", DATABASE_POOL_SIZE="5")

    assert (own.stdout, more.stdout, named.stdout) == ("8 19\n", "20 43\n", "8 5\n")
    child = web(8000, "127.0.0.1", tmp_path)
    assert child.arguments[child.arguments.index("--blocking-threads") + 1] == "8"


def test_the_migrating_role_is_used_by_migrating_commands_only(tmp_path: Path) -> None:
    variables = COMPLETE | {"MIGRATE_DATABASE_URL": "postgres://owner@db.example/vmi"}
    code = "import sys; print(s.DATABASES['default']['USER'])"

    serving = _load("vmi.settings.prod", tmp_path, code, **variables)
    migrating = subprocess.run(
        [sys.executable, "-c", f"import vmi.settings.prod as s; {code}", "migrate_all"],
        cwd=ROOT,
        env=bare_environment(VMI_HOME=str(tmp_path), **variables),
        capture_output=True,
        text=True,
        check=False,
    )

    assert serving.stdout == "user\n"
    assert migrating.stdout == "owner\n"
