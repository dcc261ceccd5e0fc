"""The test database: built once per set of migrations, copied for every run, thrown away after it."""

import fcntl
import hashlib
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
from django.conf import settings
from django.core.management import call_command
from django.db import OperationalError, ProgrammingError, connection

ROOT = Path(__file__).resolve().parent.parent.parent
PREFIX = "vmi_test"
# Whatever shapes or fills a fresh schema; any change of one of these files builds the template anew.
SOURCES = (
    "requirements.txt",
    "vmi/settings/apps.py",
    "vmi/core/db.py",
    "vmi/namespaces/**/*.py",
    "vmi/accounts/**/*.py",
    "vmi/statuses/**/*.py",
    "vmi/numbering/**/*.py",
    "**/migrations/*.py",
    "**/models.py",
    "**/models/*.py",
    "**/apps.py",
    "tests/support/database.py",
)


def _sources() -> Iterable[Path]:
    for pattern in SOURCES:
        for path in ROOT.glob(pattern):
            if path.relative_to(ROOT).parts[0] not in (".venv", ".run", ".run-test"):
                yield path


def signature() -> str:
    """A short digest of everything a fresh database depends on."""
    digest = hashlib.sha256()
    for path in sorted(set(_sources())):
        digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def _execute(statement: str) -> None:
    with connection._nodb_cursor() as cursor:
        cursor.execute(statement)


def _known() -> set[str]:
    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [PREFIX + "%"])
        return {name for (name,) in cursor.fetchall()}


def _use(name: str) -> None:
    connection.close()
    settings.DATABASES["default"]["NAME"] = name
    connection.settings_dict["NAME"] = name


def _drop_leftovers(keep: str) -> None:
    """Drop copies of runs that were killed, and templates of older code."""
    for name in _known() - {keep}:
        owner = name.rsplit("_", 1)[-1]
        if name.startswith(f"{PREFIX}_run_") and owner.isdigit() and psutil.pid_exists(int(owner)):
            continue
        if name.startswith(f"{PREFIX}_draft_") and owner.isdigit() and psutil.pid_exists(int(owner)):
            continue
        try:
            _execute(f'DROP DATABASE IF EXISTS "{name}"')
        except OperationalError:  # somebody looks at it; the next run will drop it
            continue


def prepare() -> str:
    """Build the template unless it is current; returns its name. Takes a minute or more, on a slow machine many."""
    template = f"{PREFIX}_template_{signature()}"
    if template not in _known():
        with _one_builder():
            if template not in _known():
                _build(template)
    return template


def create() -> str:
    """Create this run's database as a copy of the template, building the template when it is not current."""
    template = prepare()
    _drop_leftovers(keep=template)
    name = f"{PREFIX}_run_{os.getpid()}"
    _execute(f'DROP DATABASE IF EXISTS "{name}"')
    _execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY = FILE_COPY')
    _use(name)
    return name


@contextmanager
def _one_builder() -> Iterator[None]:
    """Let one of several test processes build while the others wait for it.

    The lock lies with the data, not in a directory shared with other people, whose file nobody else may open.
    """
    home = settings.RUN_LAYOUT.home
    home.mkdir(parents=True, exist_ok=True)  # with a database of the caller's own nothing has made it yet
    with (home / "template.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def drop(name: str) -> None:
    """Throw this run's database away."""
    _use("postgres")
    _execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _build(template: str) -> None:
    """Migrate and open the two namespaces under a draft's name; only a complete template gets its own."""
    from vmi.namespaces.services import open_namespace

    draft = f"{PREFIX}_draft_{os.getpid()}"
    _execute(f'DROP DATABASE IF EXISTS "{draft}"')
    _execute(f'CREATE DATABASE "{draft}"')
    _use(draft)
    call_command("migrate_all", verbosity=0)
    for schema in ("alpha", "beta"):
        open_namespace(schema_name=schema, name=schema.title(), domain=f"{schema}.testserver")
        _empty_log(schema)
    _use("postgres")
    try:
        _execute(f'ALTER DATABASE "{draft}" RENAME TO "{template}"')
    except ProgrammingError:  # another run was faster
        _execute(f'DROP DATABASE "{draft}"')


def _empty_log(schema: str) -> None:
    """Tests begin with an empty log: the opening is not theirs."""
    with connection.cursor() as cursor:
        cursor.execute(f'ALTER TABLE "{schema}".events_event DISABLE TRIGGER USER')
        cursor.execute(f'TRUNCATE "{schema}".events_event, "{schema}".events_delivery RESTART IDENTITY')
        cursor.execute(f'ALTER TABLE "{schema}".events_event ENABLE TRIGGER USER')
