"""Finding, waiting for and ending processes, by what they are and never by a remembered number alone."""

import contextlib
import time
from collections.abc import Callable
from pathlib import Path

import psutil


def wait_until(condition: Callable[[], bool], *, seconds: float, step: float = 0.02) -> bool:
    """Ask ``condition`` until it holds or ``seconds`` have passed; tells which."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() >= deadline:
            return False
        time.sleep(step)
    return True


def alive(process: psutil.Process) -> bool:
    """Whether the process still does something; a zombie does not."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def working_in(directory: Path, name: str) -> list[psutil.Process]:
    """Living processes called ``name`` whose working directory is ``directory``: one service and its helpers."""
    found = []
    for process in psutil.process_iter(["name"]):
        if not (process.info["name"] or "").startswith(name):
            continue
        with contextlib.suppress(psutil.Error, OSError):
            if alive(process) and Path(process.cwd()).resolve() == directory.resolve():
                found.append(process)
    return found


def end(processes: list[psutil.Process], *, patience: float) -> None:
    """Wait ``patience`` seconds for ``processes`` to go by themselves, then kill those that stay."""
    if wait_until(lambda: not any(alive(process) for process in processes), seconds=patience):
        return
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    wait_until(lambda: not any(alive(process) for process in processes), seconds=5)
