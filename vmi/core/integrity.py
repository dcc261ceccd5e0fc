"""From a database's refusal to the product's: the constraint's name decides which sentence the caller reads."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from django.db import IntegrityError

from vmi.core.exceptions import DomainError

Refusal = Callable[[], DomainError]


def constraint_of(error: IntegrityError) -> str:
    """Name of the broken constraint, or an empty string when the driver does not say."""
    diagnostic = getattr(error.__cause__, "diag", None)
    return getattr(diagnostic, "constraint_name", None) or ""


@contextmanager
def refusing(refusals: Mapping[str, Refusal]) -> Iterator[None]:
    """Turn a broken constraint named in ``refusals`` into its DomainError; anything else stays a defect.

    A constraint matches by prefix, because an engine may add ``_<digits>`` to the name. The transaction
    is lost either way: the error must leave the command's ``atomic`` block.
    """
    try:
        yield
    except IntegrityError as error:
        name = constraint_of(error)
        for prefix, refusal in refusals.items():
            if name.startswith(prefix):
                raise refusal() from error
        raise
