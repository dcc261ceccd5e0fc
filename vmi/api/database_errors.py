"""What the database refused, told to the caller without a word of SQL.

The SQLSTATE decides first, the constraint's name second: a constraint declared with
``violation_error_code`` and ``violation_error_message`` speaks for itself.
"""

import logging
from functools import cache
from typing import NamedTuple

from django.apps import apps
from django.db import Error, InterfaceError, OperationalError, models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from vmi.api.errors import ApiError, simple_error
from vmi.api.naming import camel
from vmi.core.retry import RETRYABLE_STATES, sqlstate_of

log = logging.getLogger(__name__)

UNIQUE = "23505"
TIMEOUT_STATES = frozenset({"57014"})
UNREACHABLE_CLASSES = ("08", "57P0", "53")
"""Connection lost, server going down, out of connections or disk."""

INVALID_DATA_CLASS = "22"
BUSY = _("The system is busy, please try again.")
DOWN = _("The database cannot be reached at the moment, please try again.")


class Known(NamedTuple):
    """What a named constraint says to the caller."""

    code: str
    message: str | Promise | None
    param: str | None


def from_database_error(error: Error) -> ApiError | None:
    """The error object of a database refusal; None when it is a defect of ours (500)."""
    state = sqlstate_of(error)
    if state in RETRYABLE_STATES or state in TIMEOUT_STATES:
        return _retry_later("busy_retry", BUSY)
    if state.startswith(UNREACHABLE_CLASSES) or (not state and isinstance(error, (OperationalError, InterfaceError))):
        log.error("database unreachable: %s", error)
        return _retry_later("database_unavailable", DOWN)
    if state == UNIQUE:
        return _integrity(error, "already_exists", _("An object with this value exists already."))
    if state == "23503":
        return _integrity(error, "reference_conflict", _("A referenced object does not exist or is still in use."))
    if state in ("23502", "23514"):
        return _integrity(error, "rule_violated", _("The values contradict a rule of the stored data."))
    if state.startswith(INVALID_DATA_CLASS):
        return simple_error(400, "invalid_request", "invalid_value", _("A value is out of its range."))
    return None


def _retry_later(code: str, message: str | Promise) -> ApiError:
    return simple_error(503, "dependency", code, message, retryable=True, headers={"Retry-After": "1"})


def _integrity(error: Error, code: str, message: str | Promise) -> ApiError:
    name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None) or ""
    known = _constraints().get(name) or Known(code, None, None)
    log.info("refused by constraint %s", name)
    default_code = known.code or code
    return simple_error(409, "conflict", default_code, known.message or message, param=known.param)


@cache
def _constraints() -> dict[str, Known]:
    """Every named constraint of the product; models do not change while the process runs."""
    found: dict[str, Known] = {}
    for model in apps.get_models():
        for constraint in model._meta.constraints:
            found[constraint.name] = _describe(constraint)
    return found


def _describe(constraint: models.BaseConstraint) -> Known:
    own_message = constraint.violation_error_message
    spoken = own_message if own_message != constraint.default_violation_error_message else None
    fields: tuple[str, ...] = tuple(getattr(constraint, "fields", ()))
    param = camel(fields[-1]) if len(fields) == 1 else None
    return Known(constraint.violation_error_code or "", spoken, param)
