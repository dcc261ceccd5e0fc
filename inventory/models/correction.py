"""Proofs that ran, and the corrections proposed for what they found."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from inventory.choices import CorrectionKind, CorrectionRule, CorrectionState, Counter, Layer


class ReconcileRun(models.Model):
    """One proof of every number: when, by whom, how long, over how many entries, and what differed.

    ``findings`` keeps the first differences as they were found, by proof; ``differences`` counts all of them.
    """

    started_at = models.DateTimeField(_("started at"))
    duration_ms = models.IntegerField(_("duration (ms)"))
    entries = models.BigIntegerField(_("ledger entries"))
    differences = models.IntegerField(_("differences"))
    findings = models.JSONField(_("findings"), default=dict)
    actor_id = models.BigIntegerField(_("actor"))

    class Meta:
        verbose_name = _("proof of stock")
        verbose_name_plural = _("proofs of stock")
        ordering = ("-pk",)
        default_permissions = ("view",)

    def __str__(self) -> str:
        return f"#{self.pk}"


class Correction(models.Model):
    """A proposed compensating entry for one difference (I1, I2, I6, I7, I8): evidence first, then a person decides.

    ``kind`` is what the rule proposes, ``chosen`` what the approver decided. ``version`` names the ledger entry whose
    balance is wrong, or that is missing; 0 where the counter itself differs. Whoever had the proof run by hand may not
    approve what it proposed; the nightly proof is the system's own.
    """

    sn = models.CharField(_("number"), max_length=64, unique=True)
    run = models.ForeignKey(ReconcileRun, verbose_name=_("proof"), on_delete=models.PROTECT, related_name="corrections")
    invariant = models.CharField(_("invariant"), max_length=8)
    layer = models.SmallIntegerField(_("layer"), choices=Layer)
    row_id = models.BigIntegerField(_("row"))
    counter = models.SmallIntegerField(_("counter"), choices=Counter)
    version = models.BigIntegerField(_("version"), default=0)
    actual = models.IntegerField(_("found"))
    expected = models.IntegerField(_("expected"))
    kind = models.SmallIntegerField(_("proposal"), choices=CorrectionKind)
    rule = models.SmallIntegerField(_("because"), choices=CorrectionRule)
    evidence = models.JSONField(_("evidence"), default=dict)
    state = models.SmallIntegerField(_("state"), choices=CorrectionState, default=CorrectionState.PROPOSED)
    chosen = models.SmallIntegerField(_("decision"), choices=CorrectionKind, null=True, blank=True)
    proposed_by = models.BigIntegerField(_("proposed by"))
    proposed_at = models.DateTimeField(_("proposed at"))
    decided_by = models.BigIntegerField(_("decided by"), null=True, blank=True)
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True, default="")

    class Meta:
        verbose_name = _("correction")
        verbose_name_plural = _("corrections")
        ordering = ("-pk",)
        default_permissions = ("view",)
        permissions = [("decide_correction", _("Can approve and reject corrections of stock"))]
        constraints = [
            models.UniqueConstraint(
                fields=("invariant", "layer", "row_id", "counter", "version"),
                condition=Q(state=CorrectionState.PROPOSED),
                name="inventory_correction_one_open",
            ),
            models.CheckConstraint(
                condition=Q(state=CorrectionState.PROPOSED, decided_at=None) | ~Q(state=CorrectionState.PROPOSED),
                name="inventory_correction_decided",
            ),
        ]

    def __str__(self) -> str:
        return self.sn

    @property
    def difference(self) -> int:
        """Found minus expected, units."""
        return self.actual - self.expected

    @property
    def counter_name(self) -> str | Promise:
        """The counter for people."""
        return Counter(self.counter).label

    @property
    def kinds(self) -> list[Any]:
        """What an approver may choose from: an entry or the counter for the ledger's own, one move for the others.

        Where entries are missing there is nothing to choose: the counter is restated.
        """
        if self.invariant == "I1":
            return [CorrectionKind.ENTRY, CorrectionKind.COUNTER]
        return [CorrectionKind.ENTRY if self.invariant == "I8" else CorrectionKind.MOVE]
