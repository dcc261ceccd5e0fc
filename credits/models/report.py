"""The member's account: what the ledger adds up to."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from vmi.core.fields import CodeField
from vmi.core.models import TrackedModel


class CreditReport(TrackedModel):
    """Exactly one per member (S000-9, C-34); only the credit commands write it, with the entry, under its lock.

    ``credit`` is what was earned in all, reversals taken off; ``available`` is what may be spent. A reversal larger
    than ``available`` empties it and leaves the rest as ``owed``; later earnings pay that first. ``seq`` is the
    number of the last entry. Always ``available - owed`` = Σ entries (invariant I9).
    """

    sn = CodeField(_("report number"))
    owner = models.OneToOneField("partners.Partner", verbose_name=_("member"), on_delete=models.PROTECT)
    credit = models.BigIntegerField(_("earned in all"), default=0)
    available = models.BigIntegerField(_("available"), default=0)
    owed = models.BigIntegerField(_("owed"), default=0)
    seq = models.IntegerField(_("entries"), default=0)

    class Meta:
        verbose_name = _("credit report")
        verbose_name_plural = _("credit reports")
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(condition=models.Q(available__gte=0), name="credits_creditreport_available"),
            models.CheckConstraint(condition=models.Q(owed__gte=0), name="credits_creditreport_owed"),
            models.CheckConstraint(
                condition=models.Q(available=0) | models.Q(owed=0), name="credits_creditreport_one_side"
            ),
        )

    def __str__(self) -> str:
        return self.sn
