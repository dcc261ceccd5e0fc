"""The version of the entry a correction is about is called so."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("inventory", "0014_quota_words"),
    ]

    operations = [
        migrations.AlterField(
            model_name="correction",
            name="version",
            field=models.BigIntegerField(default=0, verbose_name="version"),
        ),
    ]
