"""How many days before its end a batch leaves the sale."""

import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("namespaces", "0002_oversell_minutes"),
    ]

    operations = [
        migrations.AddField(
            model_name="namespace",
            name="near_expiry_days",
            field=models.IntegerField(
                blank=True,
                default=0,
                help_text="0: the day after its last. Empty: it is never locked by itself.",
                null=True,
                validators=[
                    django.core.validators.MinValueValidator(0),
                    django.core.validators.MaxValueValidator(365),
                ],
                verbose_name="days before its end a batch leaves the sale",
            ),
        ),
        migrations.AddConstraint(
            model_name="namespace",
            constraint=models.CheckConstraint(
                condition=models.Q(("near_expiry_days", None), ("near_expiry_days__range", (0, 365)), _connector="OR"),
                name="namespaces_namespace_near_expiry_range",
            ),
        ),
    ]
