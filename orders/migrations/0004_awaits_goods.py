"""Orders that wait for goods on their way, and the day those are expected."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("orders", "0003_cancel_requested")]

    operations = [
        migrations.AddField(
            model_name="order",
            name="awaits_goods",
            field=models.BooleanField(db_default=False, default=False, editable=False, verbose_name="waits for goods"),
        ),
        migrations.AddField(
            model_name="order",
            name="promised_on",
            field=models.DateField(blank=True, editable=False, null=True, verbose_name="goods expected on"),
        ),
    ]
