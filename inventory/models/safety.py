"""Safety stock: what a logical row withholds from sale, who released it and when, and what reviews say about it."""

from decimal import ROUND_CEILING, Decimal
from typing import Final

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from inventory.choices import ReviewEvery, ReviewState, SafetyStep, SafetyVerdict
from inventory.models.logical import LogicalStock
from inventory.models.sellable import ChannelStock
from vmi.core.models import TrackedModel

COVER_DAYS_MAX: Final = 365
EMERGENCY_PERCENT: Final = (10, 20)
"""Smallest and largest emergency extra for goods that may run hot (S001-19), in % of the normal part; 0: none."""

RISK_PERCENT: Final = (20, 50)
"""Smallest and largest extra for an unreliable supplier (S001-21), in % of the normal part; 0: none."""


class SafetyPolicy(TrackedModel):
    """How much a logical row shall withhold (S001-18 … S001-22). Units.

    The normal part is ``normal_units``, or ``cover_days`` × ``daily_average_qty``, the average daily outbound when the
    policy was set. Target = normal part + its emergency extra + its supplier-risk extra, rounded up. Withheld
    (``safety_qty`` of the logical row) = target − released − deficit; a deficit is what the goods could not back. While
    locked nothing may be released, except for emergency supply and core channels.
    """

    logical = models.OneToOneField(
        LogicalStock, verbose_name=_("logical stock"), on_delete=models.PROTECT, related_name="safety_policy"
    )
    normal_units = models.IntegerField(_("normal part (units)"), null=True, blank=True)
    cover_days = models.SmallIntegerField(_("normal part (days of cover)"), null=True, blank=True)
    daily_average_qty = models.DecimalField(
        _("average daily outbound"), max_digits=14, decimal_places=3, default=0, db_default=0
    )
    emergency_percent = models.SmallIntegerField(_("emergency extra (%)"), default=0, db_default=0)
    supplier_risk_percent = models.SmallIntegerField(_("supplier-risk extra (%)"), default=0, db_default=0)
    target_qty = models.IntegerField(_("safety target"), default=0, db_default=0)
    released_qty = models.IntegerField(_("safety released"), default=0, db_default=0)
    is_locked = models.BooleanField(_("safety locked"), default=False, db_default=False)
    lock_reason = models.CharField(_("reason of the lock"), max_length=200, blank=True, default="", db_default="")
    locked_until = models.DateField(_("locked until"), null=True, blank=True)
    review_every = models.SmallIntegerField(
        _("review"), choices=ReviewEvery, default=ReviewEvery.WEEKLY, db_default=ReviewEvery.WEEKLY
    )
    reviewed_on = models.DateField(_("reviewed on"), null=True, blank=True)

    class Meta:
        verbose_name = _("safety stock policy")
        verbose_name_plural = _("safety stock policies")
        ordering = ("logical_id",)
        permissions = [
            ("set_safety", _("Can set safety stock")),
            ("release_safety", _("Can release and re-arm safety stock")),
            ("lock_safety", _("Can lock and unlock safety stock")),
            ("release_locked_safety", _("Can release locked safety stock in an emergency")),
            ("review_safety", _("Can review safety stock and accept proposals")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(normal_units__gte=0, cover_days=None)
                | Q(cover_days__range=(0, COVER_DAYS_MAX), normal_units=None),
                name="inventory_safetypolicy_normal",
            ),
            models.CheckConstraint(
                condition=(Q(emergency_percent=0) | Q(emergency_percent__range=EMERGENCY_PERCENT))
                & (Q(supplier_risk_percent=0) | Q(supplier_risk_percent__range=RISK_PERCENT)),
                name="inventory_safetypolicy_extras",
            ),
            models.CheckConstraint(
                condition=Q(target_qty__gte=0, released_qty__gte=0, daily_average_qty__gte=0),
                name="inventory_safetypolicy_not_negative",
            ),
        ]
        indexes = [
            models.Index(fields=("id",), name="inventory_safety_released", condition=Q(released_qty__gt=0)),
        ]

    def __str__(self) -> str:
        return str(self.logical)

    @property
    def normal_qty(self) -> Decimal:
        """The normal part, not rounded."""
        return normal_part(self.normal_units, self.cover_days, self.daily_average_qty)


def normal_part(units: int | None, days: int | None, average: Decimal) -> Decimal:
    """The normal part in units: as given, or so many days of the average outbound."""
    return Decimal(units) if units is not None else (days or 0) * average


def target_of(normal: Decimal, emergency_percent: int, supplier_risk_percent: int) -> int:
    """The target in whole units: the normal part and its extras, rounded up."""
    total = normal * (100 + emergency_percent + supplier_risk_percent) / 100
    return int(total.to_integral_value(ROUND_CEILING))


class SafetyRelease(models.Model):
    """One release of safety stock, or a step that re-armed (part of) one; the database refuses changes (S001-20).

    ``quantity`` is what the step says; ``moved_qty`` what it moved at once: units that became sellable, or units that
    could be withheld again. Open part of a release = its quantity − Σ quantities of its re-arming steps; the open
    parts of a policy sum to its ``released_qty``. ``until`` is the day the release re-arms by itself.
    """

    policy = models.ForeignKey(
        SafetyPolicy, verbose_name=_("safety stock policy"), on_delete=models.PROTECT, related_name="releases"
    )
    step = models.SmallIntegerField(_("step"), choices=SafetyStep)
    release = models.ForeignKey(
        "self",
        verbose_name=_("release"),
        on_delete=models.PROTECT,
        related_name="rearms",
        null=True,
        blank=True,
    )
    bucket = models.ForeignKey(
        ChannelStock,
        verbose_name=_("sold through"),
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
    )
    quantity = models.IntegerField(_("quantity"))
    moved_qty = models.IntegerField(_("moved at once"))
    until = models.DateField(_("re-armed on"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=200)
    is_override = models.BooleanField(_("in spite of the lock"), default=False)
    source_type = models.CharField(_("source type"), max_length=16)
    source_sn = models.CharField(_("source number"), max_length=64)
    actor_id = models.BigIntegerField(_("actor"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("release of safety stock")
        verbose_name_plural = _("releases of safety stock")
        ordering = ("-pk",)
        constraints = [
            models.CheckConstraint(
                condition=Q(quantity__gt=0, moved_qty__gte=0, quantity__gte=F("moved_qty")),
                name="inventory_safetyrelease_units",
            ),
            models.CheckConstraint(
                condition=Q(step=SafetyStep.RELEASE, release=None)
                | Q(step=SafetyStep.REARM, release__isnull=False, until=None),
                name="inventory_safetyrelease_step",
            ),
        ]
        indexes = [
            models.Index(fields=("until",), name="inventory_safety_until", condition=Q(until__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.get_step_display()} {self.quantity:,d}"


class SafetyReview(models.Model):
    """What a period says about a policy, and the days of cover it proposes (S001-23, S001-24).

    ``evidence`` holds the figures: stock-outs, releases, idle days, daily outbound, supplier lateness, and the
    back-test of the current and the proposed target. At most one proposal of a policy waits for a decision.
    """

    policy = models.ForeignKey(
        SafetyPolicy, verbose_name=_("safety stock policy"), on_delete=models.PROTECT, related_name="reviews"
    )
    period_from = models.DateField(_("from"))
    period_to = models.DateField(_("to"))
    verdict = models.SmallIntegerField(_("verdict"), choices=SafetyVerdict)
    current_days = models.DecimalField(_("days of cover now"), max_digits=8, decimal_places=1, null=True, blank=True)
    current_target_qty = models.IntegerField(_("target now"))
    proposed_days = models.SmallIntegerField(_("days of cover proposed"))
    proposed_target_qty = models.IntegerField(_("target proposed"))
    evidence = models.JSONField(_("evidence"), default=dict)
    state = models.SmallIntegerField(_("state"), choices=ReviewState, default=ReviewState.PROPOSED)
    created_at = models.DateTimeField(_("created at"))
    decided_by_id = models.BigIntegerField(_("decided by"), null=True, blank=True)
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)

    class Meta:
        verbose_name = pgettext_lazy("stock", "safety stock review")
        verbose_name_plural = pgettext_lazy("stock", "safety stock reviews")
        ordering = ("-pk",)
        constraints = [
            models.UniqueConstraint(
                fields=("policy",), name="inventory_safetyreview_open", condition=Q(state=ReviewState.PROPOSED)
            ),
            models.CheckConstraint(
                condition=Q(
                    current_target_qty__gte=0,
                    proposed_target_qty__gte=0,
                    proposed_days__range=(0, COVER_DAYS_MAX),
                    period_to__gte=F("period_from"),
                ),
                name="inventory_safetyreview_figures",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.policy} {self.period_from:%Y-%m-%d} – {self.period_to:%Y-%m-%d}"
