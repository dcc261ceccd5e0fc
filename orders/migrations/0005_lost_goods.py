"""Goods of paid orders that will not come."""

import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0001_initial"),
        ("orders", "0004_awaits_goods"),
        ("partners", "0002_seed_levels"),
        ("statuses", "0002_seed_statuses"),
        ("stores", "0003_named_quota"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="goodsitem",
            name="orders_goodsitem_returned_within_count",
        ),
        migrations.RemoveIndex(
            model_name="order",
            name="orders_order_to_release",
        ),
        migrations.AddField(
            model_name="goodsitem",
            name="cancelled_count",
            field=models.IntegerField(db_default=0, default=0, verbose_name="will not come"),
        ),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(
                condition=models.Q(("fulfilment_status", 900), ("payment_status__in", (801, 802)), ("status", 100)),
                fields=["id"],
                name="orders_order_to_release",
            ),
        ),
        migrations.AddConstraint(
            model_name="goodsitem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("cancelled_count__gte", 0),
                    (
                        "count__gte",
                        django.db.models.expressions.CombinedExpression(
                            models.F("returned_count"), "+", models.F("cancelled_count")
                        ),
                    ),
                    ("returned_count__gte", 0),
                ),
                name="orders_goodsitem_returned_within_count",
            ),
        ),
    ]
