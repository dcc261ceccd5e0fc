"""The inbox: what warehouse systems, or staff in their place, told us."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from vmi.core.models import TrackedModel
from warehousing.choices import MessageState


class WmsMessage(TrackedModel):
    """One event as it arrived; stored first, acted on afterwards, at most once (reliability: webhooks).

    ``connection`` is empty for a confirmation made by hand. ``fingerprint`` hashes the content
    without its event id, so that a repetition under a new id is recognised. ``repeats`` counts how
    often the same event id came again.
    """

    connection = models.ForeignKey(
        "warehousing.WmsConnection",
        models.PROTECT,
        related_name="messages",
        verbose_name=_("connection"),
        null=True,
        blank=True,
    )
    event_id = models.CharField(_("event id"), max_length=128)
    type = models.CharField(_("type"), max_length=64)
    occurred_at = models.DateTimeField(_("occurred at"))
    seq = models.BigIntegerField(_("sequence"), null=True, blank=True)
    notice_sn = models.CharField(_("notice number"), max_length=64)
    notice = models.ForeignKey(
        "warehousing.ShipNotice",
        models.PROTECT,
        related_name="messages",
        verbose_name=_("ship notice"),
        null=True,
        blank=True,
    )
    payload = models.JSONField(_("content"))
    fingerprint = models.CharField(_("fingerprint"), max_length=64)
    state = models.CharField(_("state"), max_length=16, choices=MessageState.choices, default=MessageState.RECEIVED)
    reason = models.CharField(_("reason"), max_length=64, blank=True)
    repeats = models.IntegerField(_("repeats"), default=0)
    processed_at = models.DateTimeField(_("processed at"), null=True, blank=True)

    class Meta:
        verbose_name = _("WMS message")
        verbose_name_plural = _("WMS messages")
        ordering = ["-id"]
        permissions = [("replay_wmsmessage", _("Can replay a quarantined WMS message"))]
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "event_id"], name="warehousing_wmsmessage_event", nulls_distinct=False
            ),
            models.CheckConstraint(condition=Q(state__in=MessageState.values), name="warehousing_wmsmessage_state"),
            models.CheckConstraint(condition=Q(repeats__gte=0), name="warehousing_wmsmessage_repeats"),
        ]
        indexes = [
            models.Index(
                fields=["id"], condition=Q(state=MessageState.RECEIVED.value), name="warehousing_message_waiting"
            ),
            models.Index(fields=["connection", "fingerprint"], name="warehousing_message_print"),
        ]

    def __str__(self) -> str:
        return self.event_id
