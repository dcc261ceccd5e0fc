"""A channel's percentage of its pool follows goods that were open for presale before they came."""

from inventory.choices import Purpose
from inventory.models import ChannelStock
from inventory.services.quota import QuotaLine, Target, grant_quota
from inventory.services.reconcile import prove_stock
from tests.factories.inventory import make_stock, source
from tests.factories.supply import arrive, expect
from vmi.core.actors import system_actor

ACTOR = system_actor()


def test_a_percentage_follows_goods_that_were_open_for_presale() -> None:
    stock = make_stock(10)
    percent = QuotaLine(1, stock.logical.pk, Target(Purpose.NORMAL, stock.channel_id), percent=40)
    grant_quota(lines=[percent], source=source("quota"), actor=ACTOR)
    line = expect(stock, 20, presale=20)

    arrive(stock, line, [10])
    own = ChannelStock.objects.get(pool__logical=stock.logical, channel_id=stock.channel_id)
    assert (own.base_quota_qty, stock.bucket.base_quota_qty, stock.bucket.presale_qty) == (8, 12, 10)
    assert prove_stock() == []

    arrive(stock, line, [10])
    own.refresh_from_db()
    assert (own.base_quota_qty, stock.bucket.base_quota_qty, stock.bucket.presale_qty) == (12, 18, 0)
    assert prove_stock() == []
