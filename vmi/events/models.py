"""Tables of the event log, one set per namespace."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from vmi.core.actors import Actor, ActorKind
from vmi.events.choices import DeliveryState
from vmi.events.payloads import TYPE_LENGTH_MAX, title_of
from vmi.events.registry import HANDLER_LENGTH_MAX

SUBJECT_LENGTH_MAX = 160
LABEL_LENGTH_MAX = 160
ERROR_LENGTH_MAX = 2000


class Event(models.Model):
    """Something that happened: append-only by trigger, written in the transaction of its command (C-66)."""

    type = models.CharField(_("type"), max_length=TYPE_LENGTH_MAX)
    subject = models.CharField(_("subject"), max_length=SUBJECT_LENGTH_MAX)
    # No database foreign key: the insert would lock the one row of the user ``system`` in every
    # transaction of a machine, and the log must outlive whoever it speaks of.
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("actor"),
        on_delete=models.PROTECT,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    actor_kind = models.CharField(_("kind of actor"), max_length=16)
    actor_label = models.CharField(_("actor name"), max_length=LABEL_LENGTH_MAX)
    payload = models.JSONField(_("payload"))
    changes = models.JSONField(_("changes"), null=True, blank=True)
    at = models.DateTimeField(_("at"), db_default=Now())

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        default_permissions = ("view",)
        ordering = ["-id"]
        indexes = [
            # Admin history of one object: WHERE subject = … ORDER BY id DESC.
            models.Index(fields=["subject", "-id"], name="events_event_subject"),
            # Admin filter: WHERE type = … ORDER BY id DESC.
            models.Index(fields=["type", "-id"], name="events_event_type"),
        ]

    def __str__(self) -> str:
        return f"{title_of(self.type)} {self.subject}"

    def as_actor(self) -> Actor:
        """The author as commands know it."""
        return Actor(user_id=self.actor_id, kind=ActorKind(self.actor_kind), label=self.actor_label)


class Delivery(models.Model):
    """One event on its way to one handler: pending until done, parked after the last failure."""

    event = models.ForeignKey(Event, verbose_name=_("event"), on_delete=models.PROTECT, related_name="deliveries")
    handler = models.CharField(_("handler"), max_length=HANDLER_LENGTH_MAX)
    state = models.CharField(_("state"), max_length=16, choices=DeliveryState.choices, default=DeliveryState.PENDING)
    attempts = models.IntegerField(_("attempts"), default=0)
    next_at = models.DateTimeField(_("next attempt at"), db_default=Now())
    last_error = models.TextField(_("last error"), blank=True, default="")

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        default_permissions = ("view",)
        permissions = [("retry_delivery", _("Can retry parked deliveries"))]
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["event", "handler"], name="events_delivery_event_handler"),
            models.CheckConstraint(condition=models.Q(state__in=DeliveryState.values), name="events_delivery_state"),
            models.CheckConstraint(condition=models.Q(attempts__gte=0), name="events_delivery_attempts"),
        ]
        indexes = [
            # The sweep: WHERE state = 'pending' AND next_at <= now ORDER BY next_at; done rows stay out of it.
            models.Index(
                fields=["next_at"],
                condition=models.Q(state=DeliveryState.PENDING),
                name="events_delivery_due",
            ),
            # The red list of the admin: WHERE state = 'parked' ORDER BY id DESC.
            models.Index(fields=["-id"], condition=models.Q(state=DeliveryState.PARKED), name="events_delivery_parked"),
        ]

    def __str__(self) -> str:
        return f"{self.handler} #{self.event_id}"
