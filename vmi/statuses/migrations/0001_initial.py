"""The platform status table."""

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies: list[tuple[str, str]] = []

    operations = [
        migrations.CreateModel(
            name="Status",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("value", models.IntegerField(unique=True, verbose_name="value")),
                ("kind", models.IntegerField(verbose_name="kind")),
                ("name", models.CharField(max_length=32, verbose_name="name")),
                ("name_en", models.CharField(max_length=64, verbose_name="English name")),
            ],
            options={
                "verbose_name": "status",
                "verbose_name_plural": "statuses",
                "ordering": ("value",),
                "default_permissions": ("view",),
            },
        ),
    ]
