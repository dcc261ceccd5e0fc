"""App configuration of warehousing."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WarehousingConfig(AppConfig):
    """Warehouses, locations, owners, ship notices and the WMS inbox."""

    name = "warehousing"
    label = "warehousing"
    verbose_name = _("Warehousing")
    default_auto_field = "django.db.models.BigAutoField"
