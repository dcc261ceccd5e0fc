"""Tables of the HTTP edge, one set per namespace: stored answers and login sessions of API clients."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class IdempotencyKey(models.Model):
    """The answer a call gave under a key, written in the transaction of its effect."""

    user_id = models.BigIntegerField(_("user"), help_text=_("0 for anonymous callers"))
    method = models.CharField(_("method"), max_length=8)
    route = models.CharField(_("path"), max_length=255)
    key = models.CharField(_("key"), max_length=255)
    body_hash = models.CharField(_("hash of the body"), max_length=64)
    status = models.IntegerField(_("status code"))
    body = models.TextField(_("answer"))
    location = models.CharField(pgettext_lazy("header", "location"), max_length=255, db_default="", default="")
    create_time = models.DateTimeField(_("created at"), db_default=Now())

    class Meta:
        verbose_name = _("idempotency key")
        verbose_name_plural = _("idempotency keys")
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(fields=["user_id", "method", "route", "key"], name="api_idempotencykey_place"),
        ]
        indexes = [
            # The daily purge: WHERE create_time < …
            models.Index(fields=["create_time"], name="api_idempotencykey_time"),
        ]

    def __str__(self) -> str:
        return f"{self.method} {self.route}"


class TokenFamily(models.Model):
    """One login of one client: the refresh token that is valid now, and whether the login was ended.

    Each refresh replaces ``current_jti``; presenting an older one means it was stolen and ends the family.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("user"), on_delete=models.CASCADE, related_name="+"
    )
    current_jti = models.CharField(_("current token"), max_length=64)
    create_time = models.DateTimeField(_("created at"), db_default=Now())
    expire_time = models.DateTimeField(_("expires at"))
    revoke_time = models.DateTimeField(_("ended at"), null=True)
    revoke_reason = models.CharField(_("reason"), max_length=32, blank=True, default="")

    class Meta:
        verbose_name = _("API login")
        verbose_name_plural = _("API logins")
        default_permissions = ("view",)
        indexes = [
            # The daily purge: WHERE expire_time < …
            models.Index(fields=["expire_time"], name="api_tokenfamily_expire"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"
