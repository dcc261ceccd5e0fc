"""Showing how far a replay is: a bar on a terminal, a line now and then in a log."""

from collections.abc import Callable
from types import TracebackType
from typing import Final, Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

TITLES: Final = {
    "read": "Reading the file",
    "open": "Opening the namespace",
    "prepare": "Articles, members, opening stock",
    "play": "Playing invoices",
    "prove": "Proving the ledgers",
}
STEPS: Final = 10
"""Lines a phase prints at most where there is no terminal."""


class Bar:
    """Progress on a terminal."""

    def __init__(self, console: Console) -> None:
        columns = (
            TextColumn("{task.description:34}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
        )
        self._bar = Progress(*columns, console=console)
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()

    def __call__(self, phase: str, done: int, total: int) -> None:
        """Draw."""
        if phase not in self._tasks:
            self._tasks[phase] = self._bar.add_task(TITLES[phase], total=total)
        self._bar.update(self._tasks[phase], completed=done)


class Lines:
    """Progress in a log: the start of every phase and each tenth of the long one."""

    def __init__(self, write: Callable[[str], object]) -> None:
        self._write = write
        self._shown: dict[str, int] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return

    def __call__(self, phase: str, done: int, total: int) -> None:
        """Print when the next tenth is reached; a phase of one step is told once, when it begins."""
        step = done * STEPS // total if total > 1 else 0
        if self._shown.get(phase, -1) < step:
            self._shown[phase] = step
            self._write(f"{TITLES[phase]}: {done:,} of {total:,}" if total > 1 else f"{TITLES[phase]} …")
