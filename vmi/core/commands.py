"""The frame of a command: one transaction, owned by the outermost command, with an optional dry run."""

import functools
from collections.abc import Callable
from contextvars import ContextVar
from typing import ParamSpec, TypeVar

from django.db import transaction

P = ParamSpec("P")
T = TypeVar("T")

_inside: ContextVar[bool] = ContextVar("vmi_inside_command", default=False)
_dry: ContextVar[bool] = ContextVar("vmi_dry_run", default=False)


def is_dry_run() -> bool:
    """Whether a command around the caller was asked for its effect only; for what is noted outside its transaction."""
    return _dry.get()


def command(function: Callable[P, T]) -> Callable[P, T]:
    """Run ``function`` in one transaction.

    Inside another command it joins that one's transaction without a savepoint of its own (two round trips
    saved per step), so that a refusal condemns the whole; a command that wants to catch one wraps the call in
    ``transaction.atomic()``. ``dry_run=True``, where the command takes it, returns the effect and leaves nothing.
    """

    @functools.wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        dry_run = bool(kwargs.get("dry_run"))
        with transaction.atomic(savepoint=dry_run or not _inside.get()):
            token, dry = _inside.set(True), _dry.set(dry_run or _dry.get())
            try:
                result = function(*args, **kwargs)
            finally:
                _dry.reset(dry)
                _inside.reset(token)
            if dry_run:
                transaction.set_rollback(True)
            return result

    return run
