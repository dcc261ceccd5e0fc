"""The processes of one installation: how they are started, recognised after a crash, and ended."""

import contextlib
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import psutil

from vmi.embedded.processes import alive, end, wait_until

MARK = "VMI_SUPERVISED"
"""Environment variable that tells which installation a process belongs to, whoever its parent is by now."""

STOP_SECONDS = (6.0, 6.0)
"""How long to wait after asking, and after asking again: the first may fall into a process' own start."""


@dataclass
class Child:
    """One long-running process with a log of its own."""

    name: str
    arguments: list[str]
    log: Path
    extra: dict[str, str]
    process: subprocess.Popen[bytes] | None = None
    restarts: int = 0

    def start(self, mark: str) -> None:
        """Start it in a session of its own, so that Ctrl-C reaches only the supervisor."""
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, *self.arguments],
                env={**os.environ, **self.extra, MARK: mark},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    def exit_code(self) -> int | None:
        """None while it runs."""
        return self.process.poll() if self.process is not None else None

    def tail(self, lines: int = 12) -> str:
        """The end of its log."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])


def web(port: int, host: str, logs: Path) -> Child:
    """The web server: two worker processes."""
    arguments = ["-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port)]
    arguments += ["--workers", "2", "--blocking-threads", "8", "--no-access-log", "--respawn-failed-workers"]
    return Child("web", [*arguments, "vmi.wsgi:application"], logs / "web.log", {"VMI_PROCESS": "web"})


def worker(logs: Path) -> Child:
    """The background worker."""
    arguments = ["-m", "celery", "-A", "vmi", "worker", "--concurrency", "2", "--loglevel", "INFO"]
    arguments += ["--without-gossip", "--without-mingle"]
    return Child("worker", arguments, logs / "worker.log", {"VMI_PROCESS": "worker"})


def beat(logs: Path) -> Child:
    """The scheduler; the advisory lock makes a second one harmless."""
    arguments = ["-m", "celery", "-A", "vmi", "beat", "--loglevel", "INFO", "--pidfile", ""]
    return Child("beat", arguments, logs / "beat.log", {"VMI_PROCESS": "beat"})


def marked(mark: str) -> list[psutil.Process]:
    """Every living process of the installation, also grandchildren whose parents were killed."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            if process.pid != os.getpid() and process.environ().get(MARK) == mark and alive(process):
                found.append(process)
    return found


def stop(children: list[Child], mark: str) -> None:
    """Ask all to finish what they are doing, wait, and end what is still there."""
    running = [child.process for child in children if child.process is not None]
    for patience in STOP_SECONDS:
        for process in running:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        if wait_until(lambda: all(process.poll() is not None for process in running), seconds=patience):
            break
    end_marked(mark, patience=0.5)
    for process in running:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=5)


def end_marked(mark: str, *, patience: float) -> int:
    """End what an earlier, killed run left behind; returns how many processes that were."""
    leftovers = marked(mark)
    for process in leftovers:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.terminate()
    end(leftovers, patience=patience)
    return len(leftovers)
