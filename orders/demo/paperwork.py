"""What else happened in the last two weeks: goods received in batches, documents in every state, credits spent."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from credits.services import adjust, redeem
from inventory.services import date_batch, set_threshold
from inventory.services.rows import find_chains
from orders.demo.catalogue_data import ARTICLES
from orders.demo.deals import DAYS
from orders.demo.documents import Paper, Row, stock_in, stock_out
from orders.demo.members import DISABLED_BUYER
from orders.demo.shipping import event_of, report
from orders.demo.timeline import Scene, Story
from orders.demo.world import World
from orders.models import Order
from partners.services import disable_partner
from vmi.core import clock
from vmi.core.sources import Source
from warehousing.selectors import notices_of_source

SHELF_LIFE: Final = {
    variant.code: article.expire_days
    for article in ARTICLES
    if article.expire_days is not None
    for variant in article.variants
}
"""Days a batch keeps, by SKU."""

OLD_BATCH, NEW_BATCH = "B20A", "B20B"
"""The batch that was received first, made long ago; and the fresh one."""

FOOD: Final = ("YG-COF-ORI", "YG-COF-LAT", "YG-NUT-30", "YG-MLK-12", "YG-TEA-100", "YG-TEA-250")
WARNED: Final = (
    ("BJ", "APPLE", "AP-IP15PM-1T-SLV", 5),
    ("BJ", "APPLE", "AP-IP15P-256-BLK", 20),
    ("SH", "APPLE", "AP-IP15PM-1T-SLV", 3),
    ("GZ", "SAMSUNG", "SM-FLIP5-512-PPL", 5),
    ("SH", "SAMSUNG", "SM-S23U-512-BLK", 10),
    ("GZ", "NIKE", "NK-DUNK-41-PND", 5),
)
"""Warning lines: warehouse, owner, SKU, units."""

DAILY: Final = (Row("YG-TIS-24", 60), Row("YG-JUI-WHT", 25), Row("YG-JUI-PNK", 25))

AGE_SHARE: Final = {OLD_BATCH: 0.6, NEW_BATCH: 0.1}
"""How much of its shelf life a batch has used up when it is received."""

PAPERS_IN: Final = (
    (9, 10, Paper("SH", "APPLE", "purchase", (Row("AP-IP15P-256-NAT", 20), Row("AP-AW9-45-STA", 12)), "done",
                  "常规补货", "PO-DEMO-101", author="zhang.assistant")),
    (6, 11, Paper("GZ", "SAMSUNG", "purchase", (Row("SM-S23-128-WHT", 25), Row("SM-CHG-45W", 60)), "done",
                  "常规补货", "PO-DEMO-102", author="li.assistant")),
    (4, 14, Paper("BJ", "NIKE", "purchase", (Row("NK-PEG40-41-BLU", 18), Row("NK-PEG40-42-BLU", 18)), "done",
                  "春夏新款到货", "PO-DEMO-103", author="wang.assistant")),
    (3, 15, Paper("BJ", "APPLE", "purchase", (Row("AP-CHG-20W", 20), Row("AP-APP-2", 6)), "done",
                  "门店拣货架补货", "PO-DEMO-104", store="SANLITUN")),
    (5, 9, Paper("SH", "OWN", "return", (Row("YG-JUI-WHT", 2),), "done", "客户寄回，无法对应订单", "RMA-DEMO-1")),
    (4, 10, Paper("SH", "NIKE", "purchase", (Row("NK-AJ-41-BKR", 40),), "rejected", "到货单",
                  "PO-DEMO-105", author="wang.assistant", reason="数量与送货单不符，请重新填写")),
    (3, 16, Paper("GZ", "NIKE", "purchase", (Row("NK-BAG-BLK", 30),), "cancelled", "重复录入",
                  "PO-DEMO-106", author="wang.assistant", reason="重复录入")),
    (1, 16, Paper("BJ", "APPLE", "purchase", (Row("AP-IP15PM-1T-SLV", 10), Row("AP-MBA-512-SLV", 15)), "pending",
                  "缺货补货，待审核", "PO-DEMO-107", author="zhang.assistant")),
    (1, 17, Paper("GZ", "SAMSUNG", "purchase", (Row("SM-FLIP5-512-PPL", 12),), "pending", "缺货补货，待审核",
                  "PO-DEMO-108", author="li.assistant")),
    (1, 18, Paper("SH", "OWN", "purchase", (Row("YG-TIS-24", 100),), "draft", "月度采购草稿", "PO-DEMO-109")),
)  # fmt: skip
"""Days ago, hour, document."""

PAPERS_OUT: Final = (
    (8, 10, Paper("BJ", "APPLE", "internal_use", (Row("AP-IP15-128-BLK", 2),), "done", "门店陈列样机", "USE-DEMO-1",
                  author="zhang.assistant", company="")),
    (7, 15, Paper("SH", "OWN", "scrap", (Row("YG-MLK-12", 3),), "done", "运输破损，报废", "SCR-DEMO-1", company="")),
    (2, 11, Paper("GZ", "SAMSUNG", "supplier_return", (Row("SM-GW6-44-BLK", 4),), "approved", "屏幕不良退供应商",
                  "RTV-DEMO-1", author="li.assistant")),
    (1, 10, Paper("GZ", "NIKE", "transfer", (Row("NK-DUNK-40-PND", 6),), "pending", "调往北京中心仓", "TRF-DEMO-1",
                  author="wang.assistant", to="BJ")),
    (3, 9, Paper("BJ", "NIKE", "internal_use", (Row("NK-TEE-M-BLK", 10),), "rejected", "员工服装", "USE-DEMO-2",
                 author="wang.assistant", reason="请走福利采购流程")),
    (2, 14, Paper("SH", "SAMSUNG", "transfer", (Row("SM-BUDS2P-BLK", 5),), "cancelled", "调往广州分仓",
                  "TRF-DEMO-2", author="li.assistant", reason="广州分仓已自行补货", to="GZ")),
    (1, 15, Paper("BJ", "APPLE", "internal_use", (Row("AP-CHG-20W", 5),), "draft", "前台备用", "USE-DEMO-3",
                  author="zhang.assistant")),
)  # fmt: skip

REDEEMED: Final = (
    (1, 100, "兑换无线充电器优惠券"),
    (3, 50, "兑换运费券"),
    (8, 80, "兑换咖啡体验装"),
    (0, 60, "兑换运费券"),
)
"""Member (index in BUYERS), points, what for."""

CORRECTED: Final = ((2, 200, "客服补偿：延迟发货"), (9, -30, "更正：重复发放活动积分"))


def paper_scenes(midnight: datetime, world: World) -> Iterator[Scene]:
    """Everything beside the sales; ``midnight`` began the day of the load, days and hours count from it."""
    first = midnight - timedelta(days=DAYS)
    for number, depot in enumerate(("SH", "BJ")):
        yield Scene(first + timedelta(hours=1 + number), _food(depot, OLD_BATCH, 8, world))
        yield Scene(first + timedelta(hours=3 + number), _food(depot, NEW_BATCH, 30, world))
        yield Scene(first + timedelta(hours=5 + number), stock_in(_daily(depot), world))
    for days, hour, paper in PAPERS_IN:
        yield Scene(midnight - timedelta(days=days) + timedelta(hours=hour), stock_in(paper, world))
    for days, hour, paper in PAPERS_OUT:
        yield Scene(midnight - timedelta(days=days) + timedelta(hours=hour), stock_out(paper, world))
    for number, (buyer, points, memo) in enumerate(REDEEMED, 1):
        yield Scene(midnight - timedelta(days=number, hours=8), _redeem(buyer, points, memo, number, world))
    for number, (buyer, points, memo) in enumerate(CORRECTED, 1):
        yield Scene(midnight - timedelta(days=number, hours=6), _correct(buyer, points, memo, number, world))
    yield Scene(midnight - timedelta(hours=5), _warn(world))
    yield Scene(midnight - timedelta(hours=3), _close_account(world))
    yield Scene(midnight - timedelta(hours=4), _odd_messages())


def _food(depot: str, batch: str, units: int, world: World) -> Story:
    """Food of one batch arrives and gets its dates."""
    rows = tuple(Row(sku, units, batch=batch) for sku in FOOD)
    yield from stock_in(Paper(depot, "OWN", "purchase", rows, "done", f"食品到货 批次 {batch}"), world)
    today = clock.local_date(clock.now())
    for sku in FOOD:
        produced = today - timedelta(days=int(SHELF_LIFE[sku] * AGE_SHARE[batch]))
        date_batch(
            sku_id=world.skus[sku],
            code=batch,
            produced_on=produced,
            expires_on=produced + timedelta(days=SHELF_LIFE[sku]),
            actor=world.actors["warehouse"],
        )


def _daily(depot: str) -> Paper:
    return Paper(depot, "OWN", "purchase", DAILY, "done", "日用品到货")


def _redeem(buyer: int, points: int, memo: str, number: int, world: World) -> Story:
    redeem(
        partner_id=world.members[buyer],
        credit=points,
        memo=memo,
        source=Source("demo", f"redeem-{number}"),
        actor=world.buyer(buyer),
    )
    yield from ()


def _correct(buyer: int, points: int, memo: str, number: int, world: World) -> Story:
    adjust(
        partner_id=world.members[buyer],
        credit=points,
        memo=memo,
        source=Source("demo", f"adjust-{number}"),
        actor=world.actors["finance"],
    )
    yield from ()


def _warn(world: World) -> Story:
    for depot, owner, sku, units in WARNED:
        sku_id = world.skus[sku]
        chains = find_chains(warehouse_id=world.warehouses[depot], owner_id=world.owners[owner], sku_ids=[sku_id])
        set_threshold(logical_id=chains[sku_id].logical_id, threshold=units, actor=world.actors["manager"])
    yield from ()


def _close_account(world: World) -> Story:
    disable_partner(partner_id=world.members[DISABLED_BUYER], actor=world.actors["manager"])
    yield from ()


def _odd_messages() -> Story:
    """What warehouse systems also send: more than a notice has, and a notice that does not exist."""
    order = Order.objects.get(source_ref="ORD20250401002")
    notice = notices_of_source(order.source)[0]
    event = event_of(notice, event_id="evt-odd-1") | {"lines": [{"lineNo": 1, "quantity": 3}]}
    report("GZ", [event])
    report("SH", [event | {"eventId": "evt-odd-2", "noticeSn": "SN-20250101-999999"}])
    yield from ()
