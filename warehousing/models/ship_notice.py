"""Ship notices: what a warehouse is asked to send out."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from vmi.core.fields import CodeField
from vmi.core.models import TrackedModel
from vmi.statuses.fields import StatusField, status_check
from warehousing.choices import CancelState, ShipNoticeStatus


class ShipNotice(TrackedModel):
    """One request to one warehouse to ship the picks of one document (发货通知单); the outbox of warehousing.

    The document is known by type and number only. One document has at most one notice per warehouse.
    ``next_attempt_at`` is both the due time of the sending sweep and its lease.
    """

    sn = CodeField(_("number"))
    warehouse = models.ForeignKey(
        "warehousing.Warehouse", models.PROTECT, related_name="ship_notices", verbose_name=_("warehouse")
    )
    source_type = models.CharField(_("source type"), max_length=32)
    source_sn = models.CharField(_("source number"), max_length=64)
    status = StatusField(ShipNoticeStatus, verbose_name=_("status"), default=ShipNoticeStatus.TO_SEND)
    consignee = models.JSONField(_("consignee"), default=dict, blank=True)
    company = models.CharField(_("carrier"), max_length=64, blank=True)
    tracking_no = models.CharField(_("tracking number"), max_length=64, blank=True)
    attempts = models.IntegerField(_("attempts"), default=0)
    next_attempt_at = models.DateTimeField(_("next attempt at"), null=True, blank=True)
    last_error = models.CharField(_("last error"), max_length=500, blank=True)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    cancel_state = models.CharField(
        _("cancellation"), max_length=16, choices=CancelState.choices, default=CancelState.NONE, blank=True
    )
    cancel_requested_at = models.DateTimeField(_("cancellation requested at"), null=True, blank=True)
    cancel_attempts = models.IntegerField(_("attempts to cancel"), default=0)
    cancel_next_at = models.DateTimeField(_("next attempt to cancel at"), null=True, blank=True)
    done_at = models.DateTimeField(_("shipped at"), null=True, blank=True)

    class Meta:
        verbose_name = _("ship notice")
        verbose_name_plural = _("ship notices")
        ordering = ["-id"]
        permissions = [
            ("confirm_shipnotice", _("Can confirm that a ship notice has left the warehouse")),
            ("send_shipnotice", _("Can send a ship notice again at once")),
            ("cancel_shipnotice", _("Can say whether a ship notice was held back")),
            ("settle_shipnotice", _("Can answer for a warehouse system that stays silent")),
        ]
        constraints = [
            status_check("status", ShipNoticeStatus, "warehousing_shipnotice_status"),
            models.UniqueConstraint(
                fields=["source_type", "source_sn", "warehouse"], name="warehousing_shipnotice_source"
            ),
            models.CheckConstraint(condition=Q(attempts__gte=0), name="warehousing_shipnotice_attempts"),
            models.CheckConstraint(
                condition=Q(cancel_state__in=CancelState.values, cancel_attempts__gte=0),
                name="warehousing_shipnotice_cancel",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_attempt_at"],
                condition=Q(status=ShipNoticeStatus.TO_SEND.value),
                name="warehousing_notice_due",
            ),
            models.Index(
                fields=["cancel_next_at"],
                condition=Q(cancel_state=CancelState.REQUESTED.value),
                name="warehousing_cancel_due",
            ),
        ]

    def __str__(self) -> str:
        return self.sn


class ShipNoticeLine(models.Model):
    """Units of one SKU to be taken from one place; a document line picked from two places has two of them.

    ``shipped_quantity`` counts what the warehouse has confirmed; it never exceeds ``quantity``.
    An empty ``batch`` means stock without a batch (C-70).
    """

    notice = models.ForeignKey(
        "warehousing.ShipNotice", models.PROTECT, related_name="lines", verbose_name=_("ship notice")
    )
    line_no = models.IntegerField(_("line"))
    sku = models.CharField(_("SKU"), max_length=64)
    owner = models.CharField(_("owner"), max_length=64)
    location = models.CharField(_("location"), max_length=64)
    batch = models.CharField(_("batch"), max_length=64, blank=True)
    quantity = models.IntegerField(_("quantity"))
    shipped_quantity = models.IntegerField(_("shipped"), default=0)

    class Meta:
        verbose_name = _("ship notice line")
        verbose_name_plural = _("ship notice lines")
        ordering = ["notice_id", "line_no", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["notice", "line_no", "owner", "location", "batch"], name="warehousing_shipnoticeline_pick"
            ),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="warehousing_shipnoticeline_quantity"),
            models.CheckConstraint(
                condition=Q(shipped_quantity__gte=0) & Q(shipped_quantity__lte=F("quantity")),
                name="warehousing_shipnoticeline_shipped",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line_no} {self.sku} × {self.quantity}"

    @property
    def open_quantity(self) -> int:
        """Units not yet confirmed."""
        return self.quantity - self.shipped_quantity
