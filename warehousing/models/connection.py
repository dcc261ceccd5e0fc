"""How a warehouse is reached."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from vmi.core.fields import CodeField
from vmi.core.models import TrackedModel
from warehousing.choices import StockFigures, WmsMode


class WmsConnection(TrackedModel):
    """The link to the warehouse system of one warehouse.

    Mode ``manual``: notices count as sent at once and staff confirm by hand, or the system calls our
    webhook of its own accord. Mode ``http``: notices are posted to ``endpoint`` by the sweep.
    ``secret`` signs both directions; after a rotation ``previous_secret`` is still accepted until
    ``previous_valid_until``. A connection without a secret accepts no webhook. With ``stock_url`` the whole stock is
    asked for every ``poll_minutes`` (S001-15); ``figures`` says what its numbers mean (C-38).
    """

    code = CodeField(_("code"))
    warehouse = models.OneToOneField(
        "warehousing.Warehouse", models.PROTECT, related_name="wms_connection", verbose_name=_("warehouse")
    )
    mode = models.CharField(_("mode"), max_length=16, choices=WmsMode.choices, default=WmsMode.MANUAL)
    endpoint = models.URLField(_("endpoint"), max_length=500, blank=True)
    secret = models.CharField(_("secret"), max_length=200, blank=True)
    previous_secret = models.CharField(_("previous secret"), max_length=200, blank=True)
    previous_valid_until = models.DateTimeField(_("previous secret valid until"), null=True, blank=True)
    is_enabled = models.BooleanField(_("enabled"), default=True)
    figures = models.CharField(
        _("stock figures"), max_length=8, choices=StockFigures.choices, default=StockFigures.GROSS
    )
    stock_url = models.URLField(_("address of the stock list"), max_length=500, blank=True, default="")
    poll_minutes = models.IntegerField(_("ask every (minutes)"), default=60)
    next_poll_at = models.DateTimeField(_("next question at"), null=True, blank=True, editable=False)
    poll_error = models.CharField(_("last error of asking"), max_length=500, blank=True, default="", editable=False)

    class Meta:
        verbose_name = _("WMS connection")
        verbose_name_plural = _("WMS connections")
        ordering = ["code"]
        permissions = [("rotate_wmsconnection", _("Can rotate the secret of a WMS connection"))]
        constraints = [
            models.CheckConstraint(condition=Q(mode__in=WmsMode.values), name="warehousing_wmsconnection_mode"),
            models.CheckConstraint(
                condition=Q(figures__in=StockFigures.values, poll_minutes__range=(5, 24 * 60)),
                name="warehousing_wmsconnection_polling",
            ),
            models.CheckConstraint(
                condition=~Q(mode=WmsMode.HTTP) | (~Q(endpoint="") & ~Q(secret="")),
                name="warehousing_wmsconnection_http_complete",
            ),
        ]

    def __str__(self) -> str:
        return self.code
