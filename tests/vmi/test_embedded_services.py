"""The embedded services: first start, crash, sharing, awkward paths, refusals."""

import os
import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from vmi.embedded import postgres as postgres_module
from vmi.embedded.errors import EmbeddedError
from vmi.embedded.paths import Layout
from vmi.embedded.postgres import EmbeddedPostgres
from vmi.embedded.processes import alive, wait_until, working_in
from vmi.embedded.redis import EmbeddedRedis
from vmi.embedded.secret import stored_secret
from vmi.embedded.services import Services
from vmi.embedded.users import ServiceUser

pytestmark = pytest.mark.no_database

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture(scope="module")
def layout(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Layout]:
    """One installation for the tests of this file, in a directory with a space and Chinese characters."""
    home = tmp_path_factory.mktemp("embedded") / "数据 目录"
    layout = Layout(home)
    layout.prepare()
    yield layout
    EmbeddedPostgres(layout).stop()
    EmbeddedRedis(layout).stop()
    _remove(layout)


def _remove(layout: Layout) -> None:
    """The temporary directory is root's own, so the data may lie elsewhere."""
    shutil.rmtree(layout.postgres.resolve())
    shutil.rmtree(layout.sockets)


def _query(layout: Layout, statement: str) -> object:
    with psycopg.connect(layout.database_url, autocommit=True) as connection:
        row = connection.execute(statement).fetchone()
    return row[0] if row else None


def _postmaster(layout: Layout) -> psutil.Process:
    pid = int((layout.postgres.resolve() / "data" / "postmaster.pid").read_text().splitlines()[0])
    process = psutil.Process(pid)
    assert process.name() == "postgres"  # what follows may kill it
    return process


def test_first_start_makes_a_private_database(layout: Layout) -> None:
    server = EmbeddedPostgres(layout, fast=True)
    server.start()

    assert _query(layout, "SHOW server_version_num") == "180004"
    assert _query(layout, "SELECT upper('é') || count(*) FROM pg_database WHERE datname = 'vmi'") == "É1"
    assert _query(layout, "SHOW listen_addresses") == ""
    assert stat.S_IMODE(layout.postgres.resolve().stat().st_mode) == 0o700
    assert stat.S_IMODE(layout.postgres_sockets.stat().st_mode) == 0o700
    server.stop()
    assert not server.connectable()


def test_a_killed_server_whose_zombie_nobody_collects_starts_again(layout: Layout) -> None:
    server = EmbeddedPostgres(layout)
    server.start()
    with psycopg.connect(layout.database_url, autocommit=True) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept AS SELECT 1 AS id")
    killed = _postmaster(layout)
    killed.kill()  # this process is its parent and does not wait for it: the number stays taken
    assert wait_until(lambda: not alive(killed), seconds=60)
    assert killed.status() == psutil.STATUS_ZOMBIE

    again = EmbeddedPostgres(layout, fast=True)
    again.start()

    assert _query(layout, "SELECT count(*) FROM kept") == 1
    again.stop()


def test_a_pid_file_with_a_strangers_number_is_ignored(layout: Layout) -> None:
    server = EmbeddedPostgres(layout, fast=True)
    pid_file = layout.postgres.resolve() / "data" / "postmaster.pid"
    pid_file.write_text(f"{os.getpid()}\n{pid_file.parent}\n0\n5432\n\n\n\n")

    server.start()

    assert _postmaster(layout).pid != os.getpid()
    server.stop()


def test_orphaned_backends_of_a_killed_server_are_waited_for(layout: Layout) -> None:
    server = EmbeddedPostgres(layout, fast=True)
    server.start()
    sleeper = subprocess.Popen(
        [sys.executable, "-c", "import psycopg,sys; psycopg.connect(sys.argv[1]).execute('SELECT pg_sleep(60)')",
         layout.database_url],
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    data = layout.postgres.resolve() / "data"
    try:
        assert wait_until(lambda: "pg_sleep" in str(_query(layout, _LAST_STATEMENT)), seconds=60, step=0.1)
        _postmaster(layout).send_signal(signal.SIGKILL)
        EmbeddedPostgres(layout, fast=True).start()
    finally:
        sleeper.kill()
        sleeper.wait()

    assert _query(layout, "SELECT 1") == 1
    assert "pg_sleep" not in str(_query(layout, _LAST_STATEMENT))
    assert working_in(data, "postgres")
    EmbeddedPostgres(layout).stop()
    assert not working_in(data, "postgres")


_LAST_STATEMENT = "SELECT string_agg(query, ' ') FROM pg_stat_activity WHERE pid <> pg_backend_pid()"


def test_a_cluster_of_another_version_is_refused_with_a_reason(tmp_path: Path) -> None:
    (tmp_path / "PG_VERSION").write_text("15\n")
    ourselves = ServiceUser(uid=None, gid=None)

    with pytest.raises(EmbeddedError, match="PostgreSQL 15"):
        EmbeddedPostgres(Layout(tmp_path))._initialise(Path("unused"), tmp_path, ourselves)


def test_binaries_the_database_user_cannot_reach_are_copied_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from vmi.embedded import users

    locked = tmp_path / "server" / "install"
    locked.mkdir(mode=0o700, parents=True)
    (locked / "bin").mkdir()
    (locked / "bin" / "postgres").write_text("binary")
    (locked / "include").mkdir()
    monkeypatch.setattr(users, "ROOT_BASE", tmp_path / "base")
    unreaching = users.ServiceUser(uid=None, gid=None)
    monkeypatch.setattr(users.ServiceUser, "reaches", lambda self, path: path != locked)

    copy = users.reachable_binaries(locked, "1.0", unreaching)

    assert copy == tmp_path / "base" / "postgres-1.0" / "server" / "install"
    assert users.reachable_binaries(locked, "1.0", unreaching) == copy
    assert (copy / "bin" / "postgres").read_text() == "binary"
    assert not (copy / "include").exists()
    assert stat.S_IMODE(locked.stat().st_mode) == 0o700


def test_the_copied_programs_find_their_libraries(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from vmi.embedded import users

    installed = postgres_module._installation()
    monkeypatch.setattr(users, "ROOT_BASE", tmp_path / "base")
    monkeypatch.setattr(users.ServiceUser, "reaches", lambda self, path: path != installed)

    copy = users.reachable_binaries(installed, "1.0", ServiceUser(uid=None, gid=None))

    said = subprocess.run([copy / "bin" / "initdb", "--version"], capture_output=True, text=True, check=False)
    assert (said.stdout.strip(), said.stderr) == ("initdb (PostgreSQL) 18.4", "")


def test_a_strict_umask_closes_nothing_to_the_database_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from vmi.embedded import users

    base = tmp_path / "base"
    monkeypatch.setattr(users, "ROOT_BASE", base)
    monkeypatch.setattr(users.ServiceUser, "reaches", lambda self, path: path == base)
    before = os.umask(0o077)
    try:
        installed = tmp_path / "server" / "install"
        (installed / "bin").mkdir(parents=True)
        (installed / "bin" / "postgres").write_text("binary")
        (installed / "bin" / "postgres").chmod(0o700)
        (installed / "postgres.bki").write_text("catalogue")
        copy = users.reachable_binaries(installed, "1.0", users.ServiceUser(uid=None, gid=None))
    finally:
        os.umask(before)

    places = [base, copy, copy / "bin", copy / "bin" / "postgres", copy / "postgres.bki"]
    assert [oct(stat.S_IMODE(place.stat().st_mode)) for place in places] == ["0o755"] * 4 + ["0o644"]


def test_a_closed_home_stays_closed(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    layout = Layout(closed / "home")
    layout.prepare()
    server = EmbeddedPostgres(layout, fast=True)

    server.start()
    try:
        assert _query(layout, "SELECT 1") == 1
        assert layout.postgres.is_symlink() == (os.getuid() == 0)  # only root hands the database to another user
        assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    finally:
        server.stop()
        _remove(layout)


def test_redis_keeps_its_queue_over_a_kill(layout: Layout) -> None:
    server = EmbeddedRedis(layout)
    server.start()
    import redis

    client = redis.Redis(unix_socket_path=str(layout.redis_socket))
    client.set("kept", "yes")
    for process in working_in(layout.redis, "redis-server"):
        process.kill()
    assert wait_until(lambda: not server.connectable(), seconds=60)

    again = EmbeddedRedis(layout)
    again.start()

    assert client.get("kept") == b"yes"
    assert stat.S_IMODE(layout.redis_socket.stat().st_mode) == 0o700
    again.stop()
    assert not again.connectable()


def test_the_last_user_stops_the_services_and_nobody_before(layout: Layout) -> None:
    program = (
        "import sys,pathlib; from vmi.embedded.paths import Layout; from vmi.embedded.services import Services;"
        "s = Services(Layout(pathlib.Path(sys.argv[1])), fast=True); s.ensure();"
        "print('up', flush=True); sys.stdin.read()"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", program, str(layout.home)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert other.stdout is not None
    assert other.stdout.readline() == b"up\n"
    mine = Services(layout, fast=True)
    mine.ensure()

    mine.release()
    assert EmbeddedPostgres(layout).connectable()
    assert EmbeddedRedis(layout).connectable()

    other.communicate(b"")
    assert not EmbeddedPostgres(layout).connectable()
    assert not EmbeddedRedis(layout).connectable()


def test_the_secret_is_made_once_and_readable_by_its_owner_only(tmp_path: Path) -> None:
    first = stored_secret(tmp_path / "home")

    assert stored_secret(tmp_path / "home") == first
    assert len(first) >= 50
    assert stored_secret(tmp_path / "other") != first
    path = tmp_path / "home" / "secret.key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [entry.name for entry in path.parent.iterdir()] == ["secret.key"]


def test_a_foreign_socket_directory_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    layout = Layout(tmp_path / "home")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    layout.sockets.symlink_to(elsewhere)
    try:
        with pytest.raises(PermissionError, match="belongs to somebody else"):
            layout.prepare()
    finally:
        layout.sockets.unlink()


def test_socket_paths_are_short_wherever_the_checkout_lies(tmp_path: Path) -> None:
    layout = Layout(tmp_path / ("很长的目录名" * 20))

    assert len(os.fsencode(layout.postgres_sockets / ".s.PGSQL.5432.lock")) < 100
    assert len(os.fsencode(layout.redis_socket)) < 100


def test_without_the_wheel_the_message_names_the_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres_module.importlib.util, "find_spec", lambda name: None)

    with pytest.raises(EmbeddedError, match="DATABASE_URL"):
        postgres_module._installation()
