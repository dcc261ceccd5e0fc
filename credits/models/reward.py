"""Spending of credits."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from vmi.core.fields import CodeField


class CreditReward(models.Model):
    """A redemption (S000-10): how many credits a member spent, and the ledger entry that took them."""

    sn = CodeField(_("reward number"))
    owner = models.ForeignKey("partners.Partner", verbose_name=_("member"), on_delete=models.PROTECT)
    credit = models.IntegerField(_("credits spent"))
    memo = models.CharField(_("memo"), max_length=200, blank=True, default="")
    entry = models.OneToOneField(
        "credits.Credit", verbose_name=_("credit entry"), on_delete=models.PROTECT, related_name="reward"
    )
    creater = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("created by"),
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    create_time = models.DateTimeField(_("created at"), db_default=Now())

    class Meta:
        verbose_name = _("credit reward")
        verbose_name_plural = _("credit rewards")
        ordering = ("-id",)
        constraints = (models.CheckConstraint(condition=models.Q(credit__gt=0), name="credits_creditreward_credit"),)

    def __str__(self) -> str:
        return self.sn
