"""What can be wrong with a file or with the namespace it is to be played into."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from vmi.core.exceptions import Conflict, InvalidRequest


class UnreadableFile(InvalidRequest):
    """The file is not a sales file; ``details.line`` is where reading stopped (the header is line 1)."""

    code = "unreadable_file"
    default_message = _("The file cannot be read.")

    def __init__(self, message: str | Promise, *, line: int | None = None) -> None:
        self.line = line
        super().__init__(message, details={} if line is None else {"line": line})

    def __str__(self) -> str:
        return str(self.message) if self.line is None else f"line {self.line}: {self.message}"


class ReplayRunning(Conflict):
    """Another replay is working in the same namespace."""

    code = "replay_running"
    default_message = _("Another replay is running in this namespace.")


class NamespaceClosed(Conflict):
    """The namespace exists but does not answer (suspended, or opened by other code)."""

    code = "namespace_closed"
    default_message = _("The namespace is not active or its tables are not those of this release.")
