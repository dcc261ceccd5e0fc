"""The member: one person per namespace, with or without a login."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from partners.choices import PartnerStatus
from vmi.core.fields import CodeField
from vmi.core.models import TrackedModel
from vmi.statuses.fields import StatusField, status_check

PARTNER_NAME_MAX = 100
TELEPHONE_MAX = 32
WECHAT_MAX = 64


class Partner(TrackedModel):
    """A member (会员): code, name, ways to reach them, who brought them, level (S000-7, C-32).

    The telephone is unique when present; the login, when there is one, is the auth user.
    """

    code = CodeField(_("member code"), editable=False)
    name = models.CharField(pgettext_lazy("person", "name"), max_length=PARTNER_NAME_MAX)
    telephone = models.CharField(_("telephone"), max_length=TELEPHONE_MAX, blank=True, default="")
    wechat = models.CharField(_("WeChat"), max_length=WECHAT_MAX, blank=True, default="")
    description = models.TextField(_("description"), blank=True, default="")
    referer = models.ForeignKey(
        "self", verbose_name=_("referer"), on_delete=models.PROTECT, related_name="referred", null=True, blank=True
    )
    level = models.ForeignKey("partners.Level", verbose_name=_("level"), on_delete=models.PROTECT)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        verbose_name=_("login"),
        on_delete=models.PROTECT,
        related_name="partner",
        null=True,
        blank=True,
    )
    status = StatusField(PartnerStatus, verbose_name=_("status"), default=PartnerStatus.ENABLED)
    source_ref = CodeField(_("imported from"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        ordering = ("-id",)
        permissions = (("disable_partner", _("Can enable and disable members")),)
        constraints = (
            models.UniqueConstraint(
                fields=("telephone",), condition=~models.Q(telephone=""), name="partners_partner_telephone"
            ),
            models.CheckConstraint(condition=~models.Q(referer=models.F("id")), name="partners_partner_referer_self"),
            models.CheckConstraint(condition=~models.Q(name=""), name="partners_partner_name_given"),
            status_check("status", PartnerStatus, "partners_partner_status"),
        )

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    @property
    def is_enabled(self) -> bool:
        """Whether the member may sign in, buy and spend."""
        return self.status_id == PartnerStatus.ENABLED
