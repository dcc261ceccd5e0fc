"""Limits of channels and rules of receipts are said at their fields; the database keeps what it had."""

import django.core.validators
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Validators and words only: nothing in the database changes."""

    dependencies = [
        ("inventory", "0018_correction_of_gaps"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="assignmentrule",
            name="percent",
            field=models.SmallIntegerField(
                validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(100)],
                verbose_name="share of a receipt (%)",
            ),
        ),
        migrations.AlterField(
            model_name="assignmentrule",
            name="purpose",
            field=models.SmallIntegerField(
                choices=[
                    (1, "Normal sale"),
                    (2, "Flash sale"),
                    (3, "Presale campaign"),
                    (4, "Key account"),
                    (5, "Staff purchase"),
                ],
                default=1,
                verbose_name="purpose",
            ),
        ),
        migrations.AlterField(
            model_name="channel",
            name="cart_hold_minutes",
            field=models.IntegerField(
                blank=True,
                null=True,
                validators=[
                    django.core.validators.MinValueValidator(1),
                    django.core.validators.MaxValueValidator(10080),
                ],
                verbose_name="cart hold (minutes)",
            ),
        ),
        migrations.AlterField(
            model_name="channel",
            name="display_units",
            field=models.IntegerField(
                default=10, validators=[django.core.validators.MinValueValidator(1)], verbose_name="display units"
            ),
        ),
        migrations.AlterField(
            model_name="channel",
            name="hold_share_max",
            field=models.IntegerField(
                blank=True,
                help_text="Largest share of a SKU's sellable units a member may hold at a time; at least one unit.",
                null=True,
                validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(100)],
                verbose_name="share per member and SKU (%)",
            ),
        ),
        migrations.AlterField(
            model_name="channel",
            name="hold_units_max",
            field=models.IntegerField(
                blank=True,
                help_text="Most units of one SKU a member may hold at a time, cart and unpaid orders together.",
                null=True,
                validators=[django.core.validators.MinValueValidator(1)],
                verbose_name="units per member and SKU",
            ),
        ),
        migrations.AlterField(
            model_name="channel",
            name="order_hold_minutes",
            field=models.IntegerField(
                blank=True,
                null=True,
                validators=[
                    django.core.validators.MinValueValidator(1),
                    django.core.validators.MaxValueValidator(10080),
                ],
                verbose_name="order hold (minutes)",
            ),
        ),
        migrations.AlterField(
            model_name="channel",
            name="oversell_hold_minutes",
            field=models.IntegerField(
                blank=True,
                null=True,
                validators=[
                    django.core.validators.MinValueValidator(1),
                    django.core.validators.MaxValueValidator(10080),
                ],
                verbose_name="oversold order hold (minutes)",
            ),
        ),
        migrations.AlterConstraint(
            model_name="assignmentrule",
            name="inventory_assignmentrule_within",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("percent__range", (1, 100)),
                    models.Q(("purpose", 9), _negated=True),
                    models.Q(("logical__isnull", False), ("channel__isnull", False), _connector="OR"),
                ),
                name="inventory_assignmentrule_within",
                violation_error_message="Name a logical stock, a channel, or both.",
            ),
        ),
    ]
