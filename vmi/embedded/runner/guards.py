"""What must not happen twice: two runs on one data directory, two programs on one port."""

import fcntl
import os
import socket

import psutil

from vmi.embedded.errors import EmbeddedError
from vmi.embedded.paths import Layout


def hold_directory(layout: Layout, port: int) -> int:
    """Hold the lock of a data directory and return its handle; raises EmbeddedError naming the holder."""
    handle = os.open(layout.home / "run.lock", os.O_RDWR | os.O_CREAT, 0o600)
    holder = _hold(handle, f"process {os.getpid()}, port {port}")
    if holder is None:
        return handle
    raise EmbeddedError(
        f"already running on this data directory ({layout.home}): {holder}. "
        "Stop it with Ctrl-C there, or choose another directory with VMI_HOME."
    )


def hold_port(layout: Layout, port: int) -> int:
    """Hold the lock of a port and return its handle: the web server itself comes much later, and shares ports."""
    path = layout.sockets.parent / f"vmi-{os.getuid()}-port-{port}.lock"
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    holder = _hold(handle, f"process {os.getpid()} on {layout.home}")
    if holder is None:
        return handle
    raise EmbeddedError(f"port {port} is taken by another run: {holder}. {_way_out(port)}")


def check_port(host: str, port: int) -> None:
    """Refuse a busy port; raises EmbeddedError naming who has it."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise EmbeddedError(
                f"port {port} cannot be used ({error.strerror}){_owner_of(port)}. {_way_out(port)}"
            ) from None


def _hold(handle: int, name: str) -> str | None:
    """Lock the file and write ``name`` into it; or close it and return the name that stands there."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.pread(handle, 1000, 0).decode(errors="replace").strip()
        os.close(handle)
        return holder
    os.ftruncate(handle, 0)
    os.pwrite(handle, name.encode(), 0)
    return None


def _way_out(port: int) -> str:
    return f"Stop that program or choose another port: make run PORT={port + 1}"


def _owner_of(port: int) -> str:
    """Who listens on ``port``, if the system tells."""
    try:
        for found in psutil.net_connections("tcp"):
            if found.laddr and found.laddr.port == port and found.status == psutil.CONN_LISTEN and found.pid:
                return f" by process {found.pid} ({psutil.Process(found.pid).name()})"
    except psutil.Error:
        return ""
    return ""
