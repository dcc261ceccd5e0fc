"""What goods of a paid order that will not come were worth."""

from decimal import Decimal

from django.db import migrations

import vmi.core.fields


class Migration(migrations.Migration):
    dependencies = [("orders", "0005_lost_goods")]

    operations = [
        migrations.AddField(
            model_name="order",
            name="lost_amount",
            field=vmi.core.fields.MoneyField(
                db_default=Decimal(0),
                decimal_places=2,
                default=Decimal(0),
                editable=False,
                max_digits=14,
                verbose_name="value that never came",
            ),
        ),
    ]
