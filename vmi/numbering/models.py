"""The rules of numbers and how far each has counted."""

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from vmi.numbering.rules import KIND_NAMES, WIDTH, Period, Rule

PREFIX_VALIDATOR = RegexValidator(r"^[A-Z][A-Z0-9]{0,7}\Z", _("Capital letters and digits, starting with a letter."))


class NumberRule(models.Model):
    """How the numbers of one kind look (S000-6). Editable; numbers given out before keep their look."""

    kind = models.CharField(_("kind"), max_length=32, unique=True, editable=False)
    prefix = models.CharField(_("prefix"), max_length=8, unique=True, validators=[PREFIX_VALIDATOR])
    period = models.CharField(_("date part"), max_length=8, choices=Period.choices, default=Period.NONE)
    width = models.IntegerField(_("digits"), default=WIDTH, validators=[MinValueValidator(4), MaxValueValidator(12)])
    with_namespace = models.BooleanField(_("start with the namespace"), default=False)

    class Meta:
        verbose_name = _("number rule")
        verbose_name_plural = _("number rules")
        ordering = ("kind",)
        default_permissions = ("view", "change")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(width__gte=4, width__lte=12), name="numbering_numberrule_width_range"
            ),
            models.CheckConstraint(
                condition=models.Q(period__in=Period.values), name="numbering_numberrule_period_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind_name} ({self.prefix})"

    @property
    def kind_name(self) -> str:
        """What the numbers are for, in the reader's language."""
        return str(KIND_NAMES.get(self.kind, self.kind))

    def as_rule(self) -> Rule:
        """The plain form the formatting functions take."""
        return Rule(self.prefix, self.period, self.width, self.with_namespace)


class NumberCounter(models.Model):
    """The last number handed to a process, per kind and period; moves in blocks, so gaps are normal (R28)."""

    kind = models.CharField(_("kind"), max_length=32)
    period = models.CharField(_("period"), max_length=8, blank=True)
    last_value = models.BigIntegerField(_("last number"), default=0)

    class Meta:
        verbose_name = _("number counter")
        verbose_name_plural = _("number counters")
        ordering = ("kind", "period")
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(fields=["kind", "period"], name="numbering_numbercounter_kind_period"),
            models.CheckConstraint(
                condition=models.Q(last_value__gte=0), name="numbering_numbercounter_last_value_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind_name} {self.period} {self.last_value}".replace("  ", " ")

    @property
    def kind_name(self) -> str:
        """What is counted, in the reader's language."""
        return str(KIND_NAMES.get(self.kind, self.kind))
