"""Django configuration of accounts."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """Users and roles."""

    name = "vmi.accounts"
    label = "accounts"
    verbose_name = _("Accounts")
