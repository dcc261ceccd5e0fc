"""The driver parses a text of more than 4,096 characters anew at every call: what moves several layers stays below."""

from unittest.mock import patch

import pytest

from inventory.choices import Counter, Layer
from inventory.models import ChannelShare
from inventory.services import confirm_outbound, issue_ship_notice, movement, post_payment
from inventory.services.reconcile import prove_stock
from inventory.services.reserve_sql import RESERVE
from tests.factories.inventory import make_stock, source
from vmi.core.actors import system_actor

LENGTH_MAX = 4_096
ACTOR = system_actor()

SHARE = (Layer.SHARE, (Counter.SHARE_USED,))
POOL = (Layer.POOL, (Counter.QUOTA,))
LEFT = (Layer.LOGICAL, (Counter.BASE, Counter.ALLOCATED))
SHIPPED = (Layer.PHYSICAL, (Counter.QUANTITY, Counter.PHYSICAL_HELD))
SPOT_SOLD = (Layer.CHANNEL, (Counter.BASE_QUOTA, Counter.SOLD))
FROZEN = (Layer.CHANNEL, (Counter.BASE_QUOTA, Counter.FROZEN))
EVERY_HELD = (Layer.CHANNEL, (Counter.HELD, Counter.OVERSOLD_HELD, Counter.PRESALE_HELD))
EVERY_SOLD = (Layer.CHANNEL, (Counter.SOLD, Counter.OVERSOLD_SOLD, Counter.PRESALE_SOLD))


@pytest.mark.parametrize(
    "shape",
    [
        (EVERY_HELD, SHARE),
        (EVERY_SOLD, SHARE, (Layer.LOGICAL, (Counter.ALLOCATED,))),
        (SPOT_SOLD, SHARE, POOL, LEFT, SHIPPED),
        (FROZEN, SHARE, POOL, LEFT, SHIPPED),
        (
            (Layer.CHANNEL, (Counter.PRESALE,)),
            POOL,
            (Layer.LOGICAL, (Counter.BASE, Counter.ALLOCATED, Counter.IN_TRANSIT)),
            SHIPPED,
        ),
        (
            (Layer.CHANNEL, (Counter.FROZEN,)),
            SHARE,
            (Layer.LOGICAL, (Counter.ALLOCATED,)),
            (Layer.PHYSICAL, (Counter.PHYSICAL_HELD,)),
        ),
    ],
    ids=["hold", "cancel paid", "ship", "ship too late", "dispatch", "cancel noticed"],
)
def test_what_moves_several_layers_stays_below_what_the_driver_remembers(
    shape: tuple[tuple[Layer, tuple[Counter, ...]], ...],
) -> None:
    assert len(movement._layers_statement(shape)) <= LENGTH_MAX


def test_shipping_goods_of_a_capped_channel_stays_below_it_too() -> None:
    stock, document = make_stock(10), source()
    ChannelShare.objects.create(bucket=stock.bucket, channel_id=stock.channel_id, cap_qty=5)
    stock.reserve(4, document=document)
    post_payment(source=document, actor=ACTOR)
    issue_ship_notice(source=document, actor=ACTOR)

    with patch.object(movement, "fetch_prepared", wraps=movement.fetch_prepared) as sent:
        assert confirm_outbound(source=document, actor=ACTOR) is True
    assert [len(call.args[0]) for call in sent.call_args_list if len(call.args[0]) > LENGTH_MAX] == []
    assert sent.call_count >= 1
    assert ChannelShare.objects.get(bucket=stock.bucket).used_qty == 0
    assert prove_stock() == []


def test_what_reserves_stays_below_it() -> None:
    assert len(RESERVE) <= LENGTH_MAX
