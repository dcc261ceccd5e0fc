"""The append-only ledger under every number of the stock core, and the commands that wrote it."""

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from inventory.choices import Command, Counter, Layer


class LedgerEntry(models.Model):
    """One change of one counter of one row: who, what, when, why, how much (I1, I8).

    The database refuses UPDATE, DELETE and TRUNCATE. Entries of a row are ordered by the row's own ``version``,
    never by id. ``line_no`` 0 means the whole document (several of its lines met in the row).
    """

    layer = models.SmallIntegerField(_("layer"), choices=Layer)
    row_id = models.BigIntegerField(_("row"))
    counter = models.SmallIntegerField(_("counter"), choices=Counter)
    delta = models.IntegerField(_("change"))
    balance_after = models.IntegerField(_("balance after"))
    version = models.BigIntegerField(_("version"))
    command = models.SmallIntegerField(_("command"), choices=Command)
    source_type = models.CharField(_("source type"), max_length=16)
    source_sn = models.CharField(_("source number"), max_length=64)
    line_no = models.IntegerField(_("line"), default=0)
    actor_id = models.BigIntegerField(_("actor"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("ledger entry")
        verbose_name_plural = _("ledger entries")
        ordering = ("-pk",)
        indexes = [
            # History and proof of one row, in its own order.
            models.Index(fields=("layer", "row_id", "version"), name="inventory_ledger_row"),
            # Everything one document did.
            models.Index(fields=("source_sn", "source_type"), name="inventory_ledger_source"),
            # What happened since an instant; a few bytes per hundred pages, next to nothing per entry.
            BrinIndex(fields=("at",), name="inventory_ledger_at", autosummarize=True),
        ]

    def __str__(self) -> str:
        return f"{Counter(self.counter).label} {self.delta:+,d} → {self.balance_after:,d}"


class StockCommand(models.Model):
    """A command that ran: the key of its idempotency.

    The same reference and content answers again, other content refuses.
    """

    command = models.SmallIntegerField(_("command"), choices=Command)
    source_type = models.CharField(_("source type"), max_length=16)
    source_sn = models.CharField(_("source number"), max_length=64)
    reference = models.CharField(_("reference"), max_length=80, blank=True, default="")
    fingerprint = models.CharField(_("fingerprint"), max_length=64)
    reason = models.CharField(_("reason"), max_length=200, blank=True, default="")
    actor_id = models.BigIntegerField(_("actor"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("stock command")
        verbose_name_plural = _("stock commands")
        ordering = ("-pk",)
        constraints = [
            models.UniqueConstraint(
                fields=("command", "source_type", "source_sn", "reference"), name="inventory_stockcommand_unique"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_command_display()} {self.source_sn}"
