"""Starts the services and processes in order, watches them, stops them in the opposite order."""

import os
import signal
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from pathlib import Path
from types import FrameType

from vmi.embedded.errors import EmbeddedError
from vmi.embedded.paths import Layout
from vmi.embedded.processes import wait_until
from vmi.embedded.runner import children
from vmi.embedded.runner.children import Child
from vmi.embedded.runner.guards import check_port, hold_directory, hold_port
from vmi.embedded.runner.output import failure, step, welcome
from vmi.embedded.services import Services

ROOT = Path(__file__).resolve().parent.parent.parent.parent
READY_SECONDS = 300.0
RESTARTS_ALLOWED = 5
_OURSELVES = urllib.request.build_opener(urllib.request.ProxyHandler({}))
"""Asks our own server; a proxy of the user's network could not reach it."""


class Supervisor:
    """One running installation: the services, the web server, the worker, the scheduler."""

    def __init__(self, layout: Layout, *, port: int, host: str) -> None:
        self.layout = layout
        self.port = port
        self.host = host
        self.mark = str(layout.sockets)
        self.services = Services(
            layout,
            postgres=not os.environ.get("DATABASE_URL"),
            redis=not os.environ.get("CELERY_BROKER_URL"),
        )
        self.children: list[Child] = []
        self.stopping = threading.Event()

    @classmethod
    def from_environment(cls) -> "Supervisor":
        """Read VMI_HOME, PORT and HOST; raises EmbeddedError when PORT is no port or a secret is missing."""
        port = os.environ.get("PORT") or "8000"
        if not port.isdigit() or not 0 < int(port) < 65536:
            raise EmbeddedError(f"PORT={port} is not a port number.")
        if os.environ.get("DATABASE_URL") and not os.environ.get("SECRET_KEY"):
            raise EmbeddedError("SECRET_KEY is required as soon as DATABASE_URL names a real server.")
        home = Path(os.environ.get("VMI_HOME") or ROOT / ".run").absolute()
        return cls(Layout(home), port=int(port), host=os.environ.get("HOST") or "127.0.0.1")

    def run(self) -> int:
        """Start everything, wait for the end, stop everything; the exit code for the shell."""
        os.chdir(ROOT)
        os.environ["VMI_HOME"] = str(self.layout.home)
        self.layout.prepare()
        locks = [hold_directory(self.layout, self.port)]
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._ask_to_stop)
        try:
            locks.append(hold_port(self.layout, self.port))
            return self._run()
        finally:
            self._stop()
            for lock in locks:
                os.close(lock)

    def _run(self) -> int:
        left = children.end_marked(self.mark, patience=5)
        if left:
            step(f"Ended {left} processes an interrupted run had left behind")
        check_port(self.host, self.port)
        step("Starting the embedded services" if self.services.postgres else "Using the configured database")
        self.services.ensure()
        self._prepare()
        if self.stopping.is_set():
            return 0
        check_port(self.host, self.port)  # preparing took a while
        step("Starting web server, worker and scheduler")
        logs = self.layout.logs
        self.children = [children.web(self.port, self.host, logs), children.worker(logs), children.beat(logs)]
        for child in self.children:
            child.start(self.mark)
        if not self._wait_until_ready():
            return 0 if self.stopping.is_set() else 1
        welcome(self.port, str(logs), embedded=self.services.postgres, demo=os.environ.get("DEMO") != "0")
        return self._watch()

    def _prepare(self) -> None:
        """Migrate, open the demo namespace, load its data (not with DEMO=0): one command that shows its progress."""
        command = [sys.executable, "manage.py", "prepare"]
        command += ["--no-demo"] if os.environ.get("DEMO") == "0" else []
        prepared = subprocess.Popen(command, env={**os.environ, children.MARK: self.mark}, start_new_session=True)
        while prepared.poll() is None:
            if self.stopping.wait(0.05):
                prepared.terminate()
                prepared.wait()
                return
        if prepared.returncode != 0:
            raise EmbeddedError("the database could not be prepared; see the lines above.")

    def _wait_until_ready(self) -> bool:
        """Wait for ``/readyz``; says what is missing when it does not come."""
        wait_until(self._decided, seconds=READY_SECONDS, step=0.1)
        if self.stopping.is_set():
            return False
        failed = self._failed()
        if failed is not None:
            failure(f"{failed.name} ended with code {failed.exit_code()}, see {failed.log}:\n{failed.tail()}")
            return False
        reason = self._ready()
        if reason:
            failure(f"not ready after {READY_SECONDS:.0f} s: {reason}; logs in {self.layout.logs}")
        return not reason

    def _decided(self) -> bool:
        return self.stopping.is_set() or self._failed() is not None or self._ready() == ""

    def _ready(self) -> str:
        """Empty when everything answers, else the answer."""
        try:
            with _OURSELVES.open(f"http://{self._address()}:{self.port}/readyz", timeout=5) as answer:
                return "" if answer.status == 200 else str(answer.status)
        except urllib.error.HTTPError as error:
            return error.read(500).decode(errors="replace")
        except OSError as error:
            return str(error)

    def _address(self) -> str:
        return "127.0.0.1" if self.host in ("0.0.0.0", "") else self.host  # noqa: S104

    def _failed(self) -> Child | None:
        return next((child for child in self.children if child.exit_code() is not None), None)

    def _watch(self) -> int:
        """Restart what dies, until asked to stop; gives up on a process that keeps dying."""
        while not self.stopping.wait(1):
            self.services.revive()
            child = self._failed()
            if child is None:
                continue
            if child.restarts >= RESTARTS_ALLOWED:
                failure(f"{child.name} keeps ending (code {child.exit_code()}), see {child.log}:\n{child.tail()}")
                return 1
            child.restarts += 1
            step(f"{child.name} ended with code {child.exit_code()}; starting it again, see {child.log}")
            child.start(self.mark)
        return 0

    def _ask_to_stop(self, number: int, frame: FrameType | None) -> None:
        if not self.stopping.is_set():
            step("Stopping")
        self.stopping.set()

    def _stop(self) -> None:
        children.stop(self.children, self.mark)
        self.services.release()
        step("Stopped")
