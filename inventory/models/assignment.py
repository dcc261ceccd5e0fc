"""Which quotas newly received goods go to (S001-40): the rest goes to the default pool's shared bucket."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from inventory.choices import Purpose
from inventory.models.channel import Channel
from inventory.models.logical import LogicalStock
from vmi.core.models import TrackedModel


class AssignmentRule(TrackedModel):
    """A percentage of every receipt for one bucket: the quota of ``channel`` alone, or what the pool's channels share.

    With ``logical`` the rule is that row's; without, it is the channel's and covers every row the channel sells from,
    unless the row has a rule of its own for the same channel and purpose.
    """

    logical = models.ForeignKey(
        LogicalStock,
        verbose_name=_("logical stock"),
        on_delete=models.PROTECT,
        related_name="assignment_rules",
        null=True,
        blank=True,
        help_text=_("Empty: every logical stock the channel sells from."),
    )
    channel = models.ForeignKey(
        Channel,
        verbose_name=_("channel"),
        on_delete=models.PROTECT,
        related_name="assignment_rules",
        null=True,
        blank=True,
        help_text=_("Empty: the quota that the pool's channels share."),
    )
    purpose = models.SmallIntegerField(
        _("purpose"),
        choices=[(purpose.value, purpose.label) for purpose in Purpose if purpose != Purpose.INTERNAL],
        default=Purpose.NORMAL,
    )
    percent = models.SmallIntegerField(
        _("share of a receipt (%)"), validators=[MinValueValidator(1), MaxValueValidator(100)]
    )

    class Meta:
        verbose_name = _("assignment rule")
        verbose_name_plural = _("assignment rules")
        ordering = ("logical_id", "channel_id", "purpose")
        constraints = [
            models.UniqueConstraint(
                fields=("logical", "channel", "purpose"), name="inventory_assignmentrule_unique", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=Q(percent__range=(1, 100))
                & ~Q(purpose=Purpose.INTERNAL)
                & (Q(logical__isnull=False) | Q(channel__isnull=False)),
                name="inventory_assignmentrule_within",
                violation_error_message=_("Name a logical stock, a channel, or both."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel or _('shared')} · {self.get_purpose_display()} · {self.percent} %"
