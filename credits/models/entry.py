"""The ledger of credits."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from credits.choices import CreditType
from vmi.core.fields import CodeField, MoneyField

SOURCE_LENGTH_MAX = 64


class Credit(models.Model):
    """One change of a member's credits, never altered afterwards (S000-8; the database refuses it).

    ``credit`` is signed; ``balance_after`` is available minus owed once it is booked; ``seq`` counts the
    member's entries without gaps. ``level`` is the member's level at that time. An entry granted by a policy is
    unique per policy and source document, any other one per type and source. A reversal carries the returned
    ``amount``, the ``origin`` document it takes credits back from, and the entry it reverses.
    """

    sn = CodeField(_("credit number"))
    owner = models.ForeignKey("partners.Partner", verbose_name=_("member"), on_delete=models.PROTECT, db_index=False)
    type = models.IntegerField(_("type"), choices=CreditType.choices)
    credit = models.IntegerField(_("credits"))
    balance_after = models.BigIntegerField(_("balance after"))
    seq = models.IntegerField(_("number in the account"))
    memo = models.CharField(_("memo"), max_length=200, blank=True, default="")
    level = models.ForeignKey(
        "partners.Level", verbose_name=_("level"), on_delete=models.PROTECT, related_name="+", db_index=False
    )
    policy = models.ForeignKey(
        "credits.RewardPolicy", verbose_name=_("policy"), on_delete=models.PROTECT, null=True, blank=True
    )
    amount = MoneyField(_("amount it was computed from"), null=True, blank=True)
    source_type = models.CharField(_("source type"), max_length=SOURCE_LENGTH_MAX)
    source_sn = models.CharField(_("source number"), max_length=SOURCE_LENGTH_MAX)
    origin_sn = models.CharField(_("document reversed"), max_length=SOURCE_LENGTH_MAX, blank=True, default="")
    reverses = models.ForeignKey(
        "self", verbose_name=_("entry reversed"), on_delete=models.PROTECT, related_name="reversals", null=True
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
        verbose_name = _("credit entry")
        verbose_name_plural = _("credit entries")
        ordering = ("-id",)
        permissions = (("adjust_credit", _("Can adjust a member's credits by hand")),)
        constraints = (
            models.UniqueConstraint(fields=("owner", "seq"), name="credits_credit_owner_seq"),
            # The effect's own key: an event delivered twice grants once (reliability R14).
            models.UniqueConstraint(
                fields=("source_type", "source_sn", "policy"),
                condition=models.Q(policy__isnull=False),
                name="credits_credit_policy_source",
            ),
            models.UniqueConstraint(
                fields=("source_type", "source_sn", "type"),
                condition=models.Q(policy__isnull=True),
                name="credits_credit_type_source",
            ),
            models.CheckConstraint(
                condition=~models.Q(credit=0) | models.Q(type=CreditType.REFUND_REVERSAL),
                name="credits_credit_not_zero",
            ),
            models.CheckConstraint(
                condition=models.Q(type__in=(CreditType.REGISTER, CreditType.ORDER, CreditType.ACTIVITY), credit__gt=0)
                | models.Q(type__in=(CreditType.REDEEM, CreditType.EXPIRE), credit__lt=0)
                | models.Q(type=CreditType.REFUND_REVERSAL, credit__lte=0)
                | models.Q(type=CreditType.ADJUST),
                name="credits_credit_sign",
            ),
            models.CheckConstraint(condition=models.Q(seq__gte=1), name="credits_credit_seq_range"),
        )
        indexes = (
            # What was already returned of an order, asked at every accrual.
            models.Index(fields=("origin_sn",), condition=~models.Q(origin_sn=""), name="credits_credit_origin"),
        )

    def __str__(self) -> str:
        return f"{self.sn} {self.credit:+d}"
