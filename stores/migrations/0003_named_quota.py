"""A stock-out may name the quota that gives its goods."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Two columns that may be empty, and the sentence that keeps sales without them."""

    dependencies = [("inventory", "0001_initial"), ("stores", "0002_transfers")]

    operations = [
        migrations.AddField(
            model_name="stockout",
            name="quota_channel",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="inventory.channel",
                verbose_name="quota of channel",
            ),
        ),
        migrations.AddField(
            model_name="stockout",
            name="quota_purpose",
            field=models.SmallIntegerField(
                blank=True,
                choices=[
                    (1, "Normal sale"),
                    (2, "Flash sale"),
                    (3, "Presale campaign"),
                    (4, "Key account"),
                    (5, "Staff purchase"),
                ],
                null=True,
                verbose_name="quota for",
            ),
        ),
        migrations.AddConstraint(
            model_name="stockout",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("quota_channel__isnull", True), ("quota_purpose__isnull", True)),
                    models.Q(("quota_purpose__range", (1, 8)), models.Q(("type", "sale"), _negated=True)),
                    _connector="OR",
                ),
                name="stores_stockout_quota",
            ),
        ),
    ]
