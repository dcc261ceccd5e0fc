"""Namespaces and what the platform keeps about them; all rows live in the platform's schema."""

import re
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django_tenants.models import DomainMixin, TenantMixin

from vmi.namespaces.choices import DeadReason, NamespaceState, OpeningStep

NEAR_EXPIRY_DAYS_MAX = 365
"""Longest time before its end at which a batch leaves the sale, units: days."""

HOLD_MINUTES_MAX = 7 * 24 * 60
"""Longest time stock may be held for a cart or an unpaid order, units: minutes."""

CURRENCY_FORM = re.compile(r"^[A-Z]{3}\Z")
CURRENCY_VALIDATOR = RegexValidator(CURRENCY_FORM.pattern, _("Three capital letters, for example CNY."))


def _hold_minutes(verbose_name: Any, default: int) -> "models.IntegerField[int, int]":
    return models.IntegerField(
        verbose_name, default=default, validators=[MinValueValidator(1), MaxValueValidator(HOLD_MINUTES_MAX)]
    )


class Namespace(TenantMixin):
    """One customer's world: a schema of its own, its host names, currency, zone and options (S000-1).

    ``state`` and ``schema_version`` together decide whether it answers; ``opening_step`` shows how far
    an opening has come. Rows are never deleted and names never reused (S16).
    """

    auto_create_schema = False
    auto_drop_schema = False

    name = models.CharField(_("name"), max_length=128)
    state = models.CharField(
        _("state"), max_length=16, choices=NamespaceState.choices, default=NamespaceState.OPENING, editable=False
    )
    opening_step = models.IntegerField(
        _("opening step"), choices=OpeningStep.choices, default=OpeningStep.REGISTERED, editable=False
    )
    problem = models.TextField(_("problem"), blank=True, editable=False)
    schema_version = models.CharField(_("schema version"), max_length=32, blank=True, editable=False)
    currency = models.CharField(_("currency"), max_length=3, default="CNY", validators=[CURRENCY_VALIDATOR])
    time_zone = models.CharField(_("time zone"), max_length=64, default="Asia/Shanghai")
    language = models.CharField(_("language"), max_length=16, default="zh-hans")
    cart_hold_minutes = _hold_minutes(_("minutes a cart holds stock"), 30)
    order_hold_minutes = _hold_minutes(_("minutes an unpaid order holds stock"), 15)
    oversell_hold_minutes = _hold_minutes(_("minutes an unpaid oversold order holds its place"), 30)
    near_expiry_days = models.IntegerField(
        _("days before its end a batch leaves the sale"),
        default=0,
        null=True,
        blank=True,
        help_text=_("0: the day after its last. Empty: it is never locked by itself."),
        validators=[MinValueValidator(0), MaxValueValidator(NEAR_EXPIRY_DAYS_MAX)],
    )
    sweepers_paused = models.BooleanField(_("periodic jobs paused"), default=False)
    create_time = models.DateTimeField(_("created at"), db_default=Now(), editable=False)
    active_since = models.DateTimeField(_("active since"), null=True, editable=False)

    class Meta:
        verbose_name = _("namespace")
        verbose_name_plural = _("namespaces")
        ordering = ("schema_name",)
        default_permissions = ("add", "change", "view")
        permissions = [
            ("suspend_namespace", _("Can suspend and resume namespaces")),
            ("open_namespace", _("Can open namespaces")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(schema_name__regex=r"^[a-z][a-z0-9_]{1,47}$"), name="namespaces_namespace_schema_name_form"
            ),
            models.CheckConstraint(
                condition=Q(state__in=NamespaceState.values), name="namespaces_namespace_state_known"
            ),
            models.CheckConstraint(
                condition=Q(
                    cart_hold_minutes__gte=1,
                    cart_hold_minutes__lte=HOLD_MINUTES_MAX,
                    order_hold_minutes__gte=1,
                    order_hold_minutes__lte=HOLD_MINUTES_MAX,
                    oversell_hold_minutes__gte=1,
                    oversell_hold_minutes__lte=HOLD_MINUTES_MAX,
                ),
                name="namespaces_namespace_hold_minutes_range",
            ),
            models.CheckConstraint(
                condition=Q(near_expiry_days=None) | Q(near_expiry_days__range=(0, NEAR_EXPIRY_DAYS_MAX)),
                name="namespaces_namespace_near_expiry_range",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.schema_name})"

    @property
    def is_active(self) -> bool:
        """Whether the namespace is open for business, its version aside."""
        return bool(self.state == NamespaceState.ACTIVE)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Refused: the row keeps the name from being used again."""
        raise TypeError("a namespace is suspended, never deleted")


class Domain(DomainMixin):
    """A host name of a namespace, lower case, without port; one of them is the primary one."""

    class Meta:
        verbose_name = _("domain")
        verbose_name_plural = _("domains")
        ordering = ("domain",)
        constraints = [
            models.CheckConstraint(
                condition=Q(domain__regex=r"^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$"), name="namespaces_domain_domain_form"
            ),
        ]

    def __str__(self) -> str:
        return str(self.domain)

    domain: Any

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Store the name in lower case; hosts are compared exactly."""
        self.domain = str(self.domain).lower()
        super().save(*args, **kwargs)


# The columns django-tenants defines carry no names of their own.
Namespace._meta.get_field("schema_name").verbose_name = _("schema name")
Domain._meta.get_field("domain").verbose_name = _("domain")
Domain._meta.get_field("tenant").verbose_name = _("namespace")
Domain._meta.get_field("is_primary").verbose_name = _("primary")


class SchemaVersion(models.Model):
    """The version of the two schemas that are no namespace: the platform's and the template."""

    schema_name = models.CharField(_("schema"), max_length=63, unique=True)
    version = models.CharField(_("schema version"), max_length=32)

    class Meta:
        verbose_name = _("schema version")
        verbose_name_plural = _("schema versions")
        ordering = ("schema_name",)
        default_permissions = ("view",)

    def __str__(self) -> str:
        return f"{self.schema_name} {self.version}"


class DeadLetter(models.Model):
    """A message that was refused or failed too often, kept until somebody retries or discards it (J05).

    Equal messages share one open row and raise its ``count``.
    """

    task = models.CharField(_("task"), max_length=128)
    schema_name = models.CharField(_("namespace"), max_length=128, blank=True)
    reason = models.CharField(_("reason"), max_length=32, choices=DeadReason.choices)
    arguments = models.JSONField(_("arguments"), default=dict)
    fingerprint = models.CharField(_("fingerprint"), max_length=64, editable=False)
    error = models.TextField(_("error"), blank=True)
    count = models.IntegerField(_("times"), default=1)
    first_time = models.DateTimeField(_("first seen"), db_default=Now(), editable=False)
    last_time = models.DateTimeField(_("last seen"))
    resolved_time = models.DateTimeField(_("resolved at"), null=True, editable=False)
    resolution = models.CharField(_("resolution"), max_length=32, blank=True, editable=False)

    class Meta:
        verbose_name = _("dead letter")
        verbose_name_plural = _("dead letters")
        ordering = ("-id",)
        default_permissions = ("view",)
        permissions = [("retry_deadletter", _("Can retry and discard dead letters"))]
        constraints = [
            models.UniqueConstraint(
                fields=["fingerprint"], condition=Q(resolved_time=None), name="namespaces_deadletter_open_fingerprint"
            ),
            models.CheckConstraint(condition=Q(count__gte=1), name="namespaces_deadletter_count_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.task} @ {self.schema_name or '-'}"


class JobRun(models.Model):
    """The heartbeat of one periodic job in one namespace; ``/readyz`` asks how late it is."""

    schema_name = models.CharField(_("namespace"), max_length=63)
    job = models.CharField(_("job"), max_length=128)
    period_s = models.IntegerField(_("period in seconds"), default=60)
    started_time = models.DateTimeField(_("last started"))
    succeeded_time = models.DateTimeField(_("last succeeded"), null=True)
    failures = models.IntegerField(_("failures in a row"), default=0)
    error = models.TextField(_("error"), blank=True)

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        ordering = ("schema_name", "job")
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(fields=["schema_name", "job"], name="namespaces_jobrun_schema_job"),
            models.CheckConstraint(
                condition=Q(failures__gte=0, period_s__gte=1), name="namespaces_jobrun_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.job} @ {self.schema_name}"
