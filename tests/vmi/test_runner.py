"""``make run``: refusals with a reason, a crash of everything, restarts, a clean stop."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import urllib.error
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.support.surroundings import DIRECT, bare_environment
from vmi.embedded.errors import EmbeddedError
from vmi.embedded.paths import Layout
from vmi.embedded.processes import alive, wait_until, working_in
from vmi.embedded.runner import children
from vmi.embedded.runner.children import Child
from vmi.embedded.runner.guards import check_port, hold_directory, hold_port
from vmi.embedded.runner.supervisor import RESTARTS_ALLOWED, Supervisor

pytestmark = pytest.mark.no_database

ROOT = Path(__file__).resolve().parent.parent.parent
START_SECONDS = 600.0


@pytest.fixture
def layout(tmp_path: Path) -> Iterator[Layout]:
    """A home of the test's own; whatever it started is ended and removed."""
    layout = Layout(tmp_path / "home")
    layout.prepare()
    yield layout
    children.end_marked(str(layout.sockets), patience=5)
    for name in ("postgres", "redis"):
        directory = (layout.home / name).resolve()
        for process in working_in(directory / "data" if name == "postgres" else directory, name):
            process.kill()
    shutil.rmtree((layout.home / "postgres").resolve(), ignore_errors=True)
    shutil.rmtree(layout.sockets, ignore_errors=True)


@pytest.fixture
def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_a_busy_port_is_named_with_its_owner(layout: Layout) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        with pytest.raises(EmbeddedError, match=f"port {port} .*process {os.getpid()}.*PORT={port + 1}"):
            check_port("127.0.0.1", port)


def test_a_second_start_on_one_directory_is_refused(layout: Layout) -> None:
    first = hold_directory(layout, 8000)

    with pytest.raises(EmbeddedError, match=f"already running .*process {os.getpid()}, port 8000"):
        hold_directory(layout, 8001)

    os.close(first)
    os.close(hold_directory(layout, 8001))


def test_a_second_start_on_one_port_is_refused_before_the_first_one_listens(layout: Layout, free_port: int) -> None:
    first = hold_port(layout, free_port)

    with pytest.raises(EmbeddedError, match=f"taken by another run: process {os.getpid()} on .*PORT={free_port + 1}"):
        hold_port(layout, free_port)

    os.close(first)
    os.close(hold_port(layout, free_port))


@pytest.mark.parametrize("port", ["0", "65536", "eighty", "-1"])
def test_a_port_that_is_none_is_refused(port: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", port)

    with pytest.raises(EmbeddedError, match="is not a port number"):
        Supervisor.from_environment()


def test_a_real_server_needs_a_secret_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://user@server/vmi")
    monkeypatch.delenv("SECRET_KEY", raising=False)

    with pytest.raises(EmbeddedError, match="SECRET_KEY is required"):
        Supervisor.from_environment()


def test_a_process_that_keeps_ending_stops_the_run_with_its_last_words(
    layout: Layout, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    supervisor = Supervisor(layout, port=8000, host="127.0.0.1")
    monkeypatch.setattr(supervisor.stopping, "wait", lambda seconds: False)
    child = Child("worker", ["-c", "import sys; sys.exit('no broker')"], layout.logs / "worker.log", {})
    supervisor.children = [child]
    child.start(supervisor.mark)

    assert supervisor._watch() == 1

    assert child.restarts == RESTARTS_ALLOWED
    assert "no broker" in capfd.readouterr().err


def test_what_a_killed_run_left_behind_is_found_by_its_mark(layout: Layout) -> None:
    mark = str(layout.sockets)
    nap = "import time; time.sleep(60)"
    program = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', '{nap}']); {nap}"
    child = Child("web", ["-c", program], layout.logs / "web.log", {})
    child.start(mark)
    assert child.process is not None
    assert wait_until(lambda: len(children.marked(mark)) == 2, seconds=60)
    orphan = next(found for found in children.marked(mark) if found.pid != child.process.pid)
    child.process.kill()
    child.process.wait()

    assert children.end_marked(mark, patience=5) == 1

    assert not alive(orphan)
    assert children.marked("/somewhere/else") == []


def _start(layout: Layout, port: int) -> "subprocess.Popen[bytes]":
    environment = bare_environment(VMI_HOME=str(layout.home), PORT=str(port), DEMO="0")
    return subprocess.Popen(
        [sys.executable, "-m", "vmi.embedded.runner"], cwd=ROOT, env=environment, start_new_session=True
    )


def _is_ready(port: int) -> bool:
    try:
        with DIRECT.open(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.HTTPError, OSError):
        return False


@pytest.mark.slow
@pytest.mark.timeout(1500)
def test_kill_everything_start_again_and_stop_cleanly(layout: Layout, free_port: int) -> None:
    mark = str(layout.sockets)
    first = _start(layout, free_port)
    assert wait_until(lambda: _is_ready(free_port) or first.poll() is not None, seconds=START_SECONDS, step=0.2)
    assert first.poll() is None
    data = layout.postgres.resolve() / "data"
    everything = [psutil.Process(first.pid), *children.marked(mark), *working_in(data, "postgres")]
    everything += working_in(layout.redis, "redis-server")
    assert len(everything) > 8
    for process in everything:
        process.kill()
    first.wait()
    assert not _is_ready(free_port)

    again = _start(layout, free_port)
    assert wait_until(lambda: _is_ready(free_port) or again.poll() is not None, seconds=START_SECONDS, step=0.2)
    again.send_signal(signal.SIGINT)

    assert again.wait(timeout=300) == 0
    assert children.marked(mark) == []
    assert not working_in(data, "postgres")
    assert not working_in(layout.redis, "redis-server")
