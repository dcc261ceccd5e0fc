"""Django configuration of catalog."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CatalogConfig(AppConfig):
    """Products and SKUs."""

    name = "catalog"
    label = "catalog"
    verbose_name = _("Catalogue")
