"""The chapter of quotas: a flash sale, a channel's own stock, a capped share, overselling, rules of receipts."""

from datetime import datetime, timedelta
from typing import Final

from inventory.choices import DisplayRule, Purpose, WarehouseChoice
from inventory.services import add_channel_source, open_channel
from inventory.services.assignment_rules import set_assignment
from inventory.services.display_rules import set_channel_rules, set_display
from inventory.services.oversell import OversellRule, set_oversell
from inventory.services.pools import set_priority
from inventory.services.quota import QuotaLine, QuotaMove, grant_quota, move_quota
from inventory.services.quota_lines import Target
from inventory.services.rows import Chain, find_chains
from inventory.services.shares import set_share
from inventory.services.windows import set_window
from orders.demo.world import World
from stores.selectors import store_for_order
from vmi.core import clock
from vmi.core.actors import Actor
from vmi.core.sources import Source

FLASH_SKU: Final = "AP-APP-2"
OWN_SKU: Final = "AP-IP15PM-512-SLV"
SHARED_SKU: Final = "AP-CHG-20W"
FOLLOWING_SKU: Final = "AP-IP15P-256-BLK"
OVERSOLD_SKU: Final = "SM-CHG-45W"

CHANNELS: Final = (
    ("FLASH", "限时秒杀", ("BJ", "APPLE"), DisplayRule.FEW_LEFT, 5),
    ("DOUYIN", "抖音直播间", ("BJ", "APPLE"), DisplayRule.CAPPED, 20),
    ("TMALL", "天猫旗舰店", ("GZ", "SAMSUNG"), DisplayRule.EXACT, 10),
)
"""Code, name, whose goods from where, display rule and its number."""

RUSH_HOURS: Final = 72


def load_quotas(anchor: datetime, world: World) -> None:
    """Carve pools and channels' quotas out of what lies in Beijing and Guangzhou, and set the rules."""
    with clock.at(anchor):
        actor = world.actors["manager"]
        channels = {code: _channel(row, world, actor) for row in CHANNELS for code in row[:1]}
        channels["SHOP"] = store_for_order(world.stores["SANLITUN"]).channel_id
        apple = _chains(world, "BJ", "APPLE", FLASH_SKU, OWN_SKU, SHARED_SKU, FOLLOWING_SKU)
        _flash_sale(apple[FLASH_SKU], channels, anchor, actor)
        _own_quotas(apple, channels, anchor, actor)
        _rules(apple, _chains(world, "GZ", "SAMSUNG", OVERSOLD_SKU), channels, actor)


def _channel(row: tuple[str, str, tuple[str, str], DisplayRule, int], world: World, actor: Actor) -> int:
    code, name, (depot, owner), rule, units = row
    channel = open_channel(code=code, name=name, actor=actor)
    add_channel_source(
        channel_id=channel.pk, warehouse_id=world.warehouses[depot], owner_id=world.owners[owner], actor=actor
    )
    rules = {"display_rule": rule, "display_units": units, "warehouse_choice": WarehouseChoice.MOST_STOCK}
    set_channel_rules(channel_id=channel.pk, rules=rules, actor=actor)
    return int(channel.pk)


def _chains(world: World, depot: str, owner: str, *codes: str) -> dict[str, Chain]:
    found = find_chains(
        warehouse_id=world.warehouses[depot],
        owner_id=world.owners[owner],
        sku_ids=[world.skus[code] for code in codes],
    )
    return {code: found[world.skus[code]] for code in codes}


def _flash_sale(chain: Chain, channels: dict[str, int], anchor: datetime, actor: Actor) -> None:
    """Ten units for whoever sells the flash sale, and five for one channel alone while it lasts."""
    source = Source("quota", "DEMO-FLASH")
    effects = move_quota(
        lines=[
            QuotaMove(1, chain.bucket_id, 10, Target(Purpose.FLASH_SALE)),
            QuotaMove(2, chain.bucket_id, 5, Target(Purpose.FLASH_SALE, channels["DOUYIN"])),
        ],
        source=source,
        actor=actor,
        reason="周末限时秒杀",
    )
    shared, own = [effect for effect in effects if effect.purpose is Purpose.FLASH_SALE]
    set_share(bucket_id=shared.bucket_id, channel_id=channels["FLASH"], source=source, actor=actor)
    set_window(
        bucket_id=own.bucket_id,
        effective_from=anchor,
        effective_to=anchor + timedelta(hours=RUSH_HOURS),
        actor=actor,
    )


def _own_quotas(apple: dict[str, Chain], channels: dict[str, int], anchor: datetime, actor: Actor) -> None:
    """Units of the counter alone, and a percentage that follows its pool."""
    counter = QuotaMove(1, apple[OWN_SKU].bucket_id, 6, Target(Purpose.NORMAL, channels["SHOP"]))
    move_quota(lines=[counter], source=Source("quota", "DEMO-COUNTER"), actor=actor, reason="门店专用")
    following = QuotaLine(1, apple[FOLLOWING_SKU].logical_id, Target(Purpose.NORMAL, channels["SHOP"]), percent=20)
    grant_quota(lines=[following], source=Source("quota", "DEMO-PERCENT"), actor=actor, reason="门店占两成")


def _rules(apple: dict[str, Chain], samsung: dict[str, Chain], channels: dict[str, int], actor: Actor) -> None:
    """A cap, overselling with a display of at least ten, the importance of a pool, where receipts go."""
    set_share(
        bucket_id=apple[SHARED_SKU].bucket_id,
        channel_id=channels["DOUYIN"],
        cap_percent=30,
        source=Source("quota", "DEMO-CAP"),
        actor=actor,
    )
    oversold = samsung[OVERSOLD_SKU].bucket_id
    rule = OversellRule(enabled=True, percent=10, minutes=10)
    set_oversell(bucket_id=oversold, rule=rule, source=Source("quota", "DEMO-OVERSELL"), actor=actor)
    set_display(bucket_id=oversold, rule=DisplayRule.MINIMUM, units=10, actor=actor)
    set_priority(pool_id=apple[FLASH_SKU].pool_id, priority=1, actor=actor)
    set_assignment(
        logical_id=apple[SHARED_SKU].logical_id,
        channel_id=channels["SHOP"],
        purpose=Purpose.NORMAL,
        percent=10,
        actor=actor,
    )
