"""The frame of a command: one transaction, owned by the outermost command, with an optional dry run."""

import functools
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from django.db import transaction

P = ParamSpec("P")
T = TypeVar("T")


def command(function: Callable[P, T]) -> Callable[P, T]:
    """Run ``function`` in one transaction.

    Inside another command it joins that transaction without a savepoint (two round trips saved per step), so
    a refusal condemns the whole; a caller that wants to catch one wraps the call in ``transaction.atomic()``.
    ``dry_run=True``, where the command takes it, returns the effect and leaves nothing behind.
    """

    @functools.wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        if kwargs.get("dry_run"):
            with transaction.atomic():
                result = function(*args, **kwargs)
                transaction.set_rollback(True)
            return result
        with transaction.atomic(savepoint=False):
            return function(*args, **kwargs)

    return run
