"""A brake on guessing passwords: failures are counted per name and per address, in the namespace's cache."""

import hashlib

from django.core.cache import cache
from django.utils.translation import gettext_lazy as _

from vmi.core.exceptions import DomainError

WINDOW_S = 300
FAILURES_PER_NAME_AND_ADDRESS_MAX = 10
FAILURES_PER_NAME_MAX = 50
"""From many addresses together; high, so that a stranger cannot lock somebody out easily."""

FAILURES_PER_ADDRESS_MAX = 200


class TooManyAttempts(DomainError):
    """Too many wrong passwords; wait a few minutes (429)."""

    status = 429
    type = "rate_limit"
    code = "too_many_attempts"
    default_message = _("Too many failed attempts; please wait a few minutes.")
    retryable = True
    retry_after_s = WINDOW_S


def check_attempts(username: str, address: str) -> None:
    """Refuse before the password is even looked at. Raises TooManyAttempts."""
    limits = _limits(username, address)
    counts = cache.get_many(list(limits))
    if any(counts.get(key, 0) >= limit for key, limit in limits.items()):
        raise TooManyAttempts


def count_failure(username: str, address: str) -> None:
    """Remember a wrong password for WINDOW_S seconds."""
    for key in _limits(username, address):
        cache.add(key, 0, WINDOW_S)
        try:
            cache.incr(key)
        except ValueError:
            # The window closed between the two calls; the next failure opens a new one.
            continue


def forget_failures(username: str, address: str) -> None:
    """A right password clears the count of this name from this address."""
    cache.delete(next(iter(_limits(username, address))))


def _limits(username: str, address: str) -> dict[str, int]:
    name = hashlib.sha256(username.lower().encode("utf-8", "replace")).hexdigest()[:32]
    place = hashlib.sha256(address.encode("utf-8", "replace")).hexdigest()[:32]
    return {
        f"login:failed:{name}:{place}": FAILURES_PER_NAME_AND_ADDRESS_MAX,
        f"login:failed:name:{name}": FAILURES_PER_NAME_MAX,
        f"login:failed:place:{place}": FAILURES_PER_ADDRESS_MAX,
    }
