"""Django configuration of partners."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PartnersConfig(AppConfig):
    """Members and their levels."""

    name = "partners"
    label = "partners"
    verbose_name = _("Members")

    def ready(self) -> None:
        """Tokens of members carry the member's id."""
        from partners.claims import partner_claims
        from vmi.api.auth import register_claims

        register_claims(partner_claims)
