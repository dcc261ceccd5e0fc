"""States of a namespace, steps of its opening, reasons of a refused message."""

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _


class NamespaceState(models.TextChoices):
    """Only an active namespace answers requests and runs jobs."""

    OPENING = "opening", _("Opening")
    ACTIVE = "active", _("Active")
    SUSPENDED = "suspended", _("Suspended")
    FAILED = "failed", _("Opening failed")


class OpeningStep(models.IntegerChoices):
    """How far an opening has come; each step may be repeated."""

    REGISTERED = 0, _("Registered")
    CLONED = 1, _("Schema made from the template")
    MIGRATED = 2, _("On the current version")
    PREPARED = 3, _("Roles and start data")
    DISTRIBUTED = 4, _("Placed")
    CHECKED = 5, _("Checked")


class DeadReason(models.TextChoices):
    """Why a message was put aside instead of being run."""

    NO_NAMESPACE = "no_namespace", _("No namespace named")
    UNKNOWN = "unknown_namespace", _("Unknown namespace")
    INACTIVE = "inactive_namespace", _("Namespace not active")
    OLD_SCHEMA = "old_schema", _("Namespace not on the current version")
    EXHAUSTED = "exhausted", _("Failed too often")


TEMPLATE_SCHEMA: Final = "template"
"""The schema every namespace is cloned from; nobody works in it."""

RESERVED_NAMES: Final = frozenset(
    {"public", "template", "information_schema", "www", "api", "admin", "static", "localhost"}
)
"""Names no namespace may take."""
