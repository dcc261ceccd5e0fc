"""Proofs that ran and the corrections proposed for what they found."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("inventory", "0006_warehouse_truth"),
    ]

    operations = [
        migrations.CreateModel(
            name="ReconcileRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("started_at", models.DateTimeField(verbose_name="started at")),
                ("duration_ms", models.IntegerField(verbose_name="duration (ms)")),
                ("entries", models.BigIntegerField(verbose_name="ledger entries")),
                ("differences", models.IntegerField(verbose_name="differences")),
                ("findings", models.JSONField(default=dict, verbose_name="findings")),
                ("actor_id", models.BigIntegerField(verbose_name="actor")),
            ],
            options={
                "verbose_name": "proof of stock",
                "verbose_name_plural": "proofs of stock",
                "ordering": ("-pk",),
                "default_permissions": ("view",),
            },
        ),
        migrations.CreateModel(
            name="Correction",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sn", models.CharField(max_length=64, unique=True, verbose_name="number")),
                ("invariant", models.CharField(max_length=8, verbose_name="invariant")),
                (
                    "layer",
                    models.SmallIntegerField(
                        choices=[(1, "Channel"), (2, "Pool"), (3, "Logical"), (4, "Physical"), (5, "Channel share")],
                        verbose_name="layer",
                    ),
                ),
                ("row_id", models.BigIntegerField(verbose_name="row")),
                (
                    "counter",
                    models.SmallIntegerField(
                        choices=[
                            (101, "Channel base quota"),
                            (102, "Held"),
                            (103, "Sold, not shipped"),
                            (104, "Frozen"),
                            (105, "Returning"),
                            (106, "Channel shortage"),
                            (107, "Oversell limit"),
                            (108, "Oversold, held"),
                            (109, "Oversold, paid"),
                            (110, "Presale granted"),
                            (111, "Presale, held"),
                            (112, "Presale, paid"),
                            (201, "Pool quota"),
                            (301, "Physical base"),
                            (302, "Allocated"),
                            (303, "Locked"),
                            (304, "Safety stock"),
                            (305, "In transit"),
                            (306, "Shortage"),
                            (401, "Quantity on hand"),
                            (402, "Held on location"),
                            (501, "Used of the cap"),
                        ],
                        verbose_name="counter",
                    ),
                ),
                ("version", models.BigIntegerField(default=0, verbose_name="entry")),
                ("actual", models.IntegerField(verbose_name="found")),
                ("expected", models.IntegerField(verbose_name="expected")),
                (
                    "kind",
                    models.SmallIntegerField(
                        choices=[
                            (1, "Ledger entry: the ledger follows the counter"),
                            (2, "Counter: it follows the ledger"),
                            (3, "Move: counter and ledger follow the documents"),
                        ],
                        verbose_name="proposal",
                    ),
                ),
                (
                    "rule",
                    models.SmallIntegerField(
                        choices=[
                            (1, "The database guards the ledger against changes; a counter can be overwritten."),
                            (2, "The documents and the other layers say what the ledger says."),
                            (3, "The documents and the other layers say what the counter says."),
                            (4, "The balances of the ledger itself do not follow from each other."),
                            (5, "Counter and ledger agree; the documents below them say otherwise."),
                        ],
                        verbose_name="because",
                    ),
                ),
                ("evidence", models.JSONField(default=dict, verbose_name="evidence")),
                (
                    "state",
                    models.SmallIntegerField(
                        choices=[
                            (1, "Proposed"),
                            (2, "Approved and booked"),
                            (3, "Rejected"),
                            (4, "No longer differs"),
                        ],
                        default=1,
                        verbose_name="state",
                    ),
                ),
                (
                    "chosen",
                    models.SmallIntegerField(
                        blank=True,
                        choices=[
                            (1, "Ledger entry: the ledger follows the counter"),
                            (2, "Counter: it follows the ledger"),
                            (3, "Move: counter and ledger follow the documents"),
                        ],
                        null=True,
                        verbose_name="decision",
                    ),
                ),
                ("proposed_by", models.BigIntegerField(verbose_name="proposed by")),
                ("proposed_at", models.DateTimeField(verbose_name="proposed at")),
                ("decided_by", models.BigIntegerField(blank=True, null=True, verbose_name="decided by")),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="decided at")),
                ("note", models.CharField(blank=True, default="", max_length=200, verbose_name="note")),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrections",
                        to="inventory.reconcilerun",
                        verbose_name="proof",
                    ),
                ),
            ],
            options={
                "verbose_name": "correction",
                "verbose_name_plural": "corrections",
                "ordering": ("-pk",),
                "permissions": [("decide_correction", "Can approve and reject corrections of stock")],
                "default_permissions": ("view",),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", 1)),
                        fields=("invariant", "layer", "row_id", "counter", "version"),
                        name="inventory_correction_one_open",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_at", None), ("state", 1)),
                            models.Q(("state", 1), _negated=True),
                            _connector="OR",
                        ),
                        name="inventory_correction_decided",
                    ),
                ],
            },
        ),
    ]
