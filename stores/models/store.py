"""A store, the shelves it occupies and the people who work in it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from vmi.core.fields import CodeField
from vmi.core.models import TrackedModel

ORDER_HOLD_MINUTES_MAX = 1440
"""Longest hold a store may grant an unpaid order, minutes: one day."""


class Store(TrackedModel):
    """A shop front (S000-16). Its channel is the key of what it may sell in the stock core."""

    code = CodeField(_("code"))
    name = models.CharField(_("name"), max_length=120)
    description = models.CharField(_("description"), max_length=1000, blank=True, default="")
    channel = models.OneToOneField(
        "inventory.Channel", verbose_name=_("sales channel"), on_delete=models.PROTECT, related_name="+"
    )
    order_hold_minutes = models.IntegerField(
        _("order hold (minutes)"),
        null=True,
        blank=True,
        help_text=_("How long an unpaid order keeps its goods; empty: the setting of the namespace."),
    )

    class Meta:
        verbose_name = _("store")
        verbose_name_plural = _("stores")
        ordering = ("id",)
        permissions = (("access_every_store", _("Can see and use every store, not only their own")),)
        constraints = (
            models.CheckConstraint(
                condition=Q(order_hold_minutes__isnull=True)
                | Q(order_hold_minutes__gte=1, order_hold_minutes__lte=ORDER_HOLD_MINUTES_MAX),
                name="stores_store_order_hold_minutes",
            ),
        )

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class StoreShelf(models.Model):
    """A shelf occupied by a store; the unique shelf keeps two stores from claiming it (C-15, R27)."""

    store = models.ForeignKey(Store, verbose_name=_("store"), on_delete=models.CASCADE, related_name="shelf_links")
    shelf = models.OneToOneField(
        "warehousing.Shelf", verbose_name=_("shelf"), on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("store shelf")
        verbose_name_plural = _("store shelves")
        ordering = ("id",)

    def __str__(self) -> str:
        return str(self.shelf)


class Member(TrackedModel):
    """A person working in a store (S000-19); with a user they sign in and see that store (C-54)."""

    title = models.CharField(_("title"), max_length=60)
    name = models.CharField(_("name"), max_length=60)
    store = models.ForeignKey(Store, verbose_name=_("store"), on_delete=models.PROTECT, related_name="members")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("user"),
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
    )

    class Meta:
        verbose_name = _("store member")
        verbose_name_plural = _("store members")
        ordering = ("id",)
        constraints = (models.UniqueConstraint(fields=("store", "user"), name="stores_member_store_user"),)

    def __str__(self) -> str:
        return f"{self.name} ({self.title})"
