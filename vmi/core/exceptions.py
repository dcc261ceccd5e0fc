"""The root of every refusal the product makes.

A refusal carries a machine-readable ``code``, a sentence in the caller's language, the offending
parameter and the figures; one handler (``vmi.api``) turns it into the error object of the API, and
one helper (``vmi.core.admin``) into a message of the back office.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class DomainError(Exception):
    """A request the rules refuse.

    ``message`` is a translatable sentence, not yet translated, so that it can be said in two languages;
    ``%(name)s`` in it stands for the figure of that name in ``details`` (JSON types only). ``param`` names
    the offending field in the caller's spelling (``goods[0].count``).
    """

    status: ClassVar[int] = 400
    type: ClassVar[str] = "invalid_request"
    code: str = "invalid"
    default_message: ClassVar[str | Promise] = _("The request was refused.")
    retryable: ClassVar[bool] = False

    def __init__(
        self,
        message: str | Promise | None = None,
        *,
        code: str | None = None,
        param: str | None = None,
        details: Mapping[str, Any] | None = None,
    ) -> None:
        self.message: str | Promise = message if message is not None else self.default_message
        if code is not None:
            self.code = code
        self.param = param
        self.details: dict[str, Any] = dict(details or {})
        super().__init__(self.message)

    def __str__(self) -> str:
        return filled(self.message, self.details)

    @property
    def sentences(self) -> list[str]:
        """The refusal in full: its sentence, or one for each line it names, where ``str`` has the first alone."""
        return [str(self)]


def filled(message: str | Promise, values: Mapping[str, Any]) -> str:
    """``message`` in the active language with ``%(name)s`` filled from ``values``; as it is when one is missing."""
    text = str(message)
    if "%(" not in text:
        return text
    try:
        return text % values
    except (KeyError, ValueError, TypeError):
        return text


class InvalidRequest(DomainError):
    """The input breaks a rule (400)."""


class NotAllowed(DomainError):
    """The caller may not do this, whatever the state (403)."""

    status = 403
    type = "permission"
    code = "not_allowed"
    default_message = _("You are not allowed to do this.")


class NotFound(DomainError):
    """The object does not exist for this caller (404); also the answer for another's object."""

    status = 404
    type = "not_found"
    code = "not_found"
    default_message = _("Not found.")


class Conflict(DomainError):
    """The request contradicts what is already stored (409)."""

    status = 409
    type = "conflict"
    code = "conflict"
    default_message = _("The request contradicts the stored data.")


class InvalidTransition(Conflict):
    """The object is not in a state that allows this step (409)."""

    type = "state"
    code = "invalid_transition"
    default_message = _("The current state does not allow this step.")


class Busy(DomainError):
    """A lock or a backing service could not be had in time (503); the same call may be repeated."""

    status = 503
    type = "dependency"
    code = "busy_retry"
    default_message = _("The system is busy, please try again.")
    retryable = True
