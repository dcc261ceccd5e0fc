"""Django configuration of credits."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CreditsConfig(AppConfig):
    """Credits of members."""

    name = "credits"
    label = "credits"
    verbose_name = _("Credits")

    def ready(self) -> None:
        """Listen to members and orders; register the proof of the accounts."""
        from credits import handlers  # noqa: F401
        from credits.selectors import check_reports
        from vmi.core.checks_registry import register_proof

        register_proof("I9 credit reports", check_reports)
