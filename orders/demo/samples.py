"""The customer's sample rows of April 2025, played as they must have happened.

Corrected (C-58): the transfer OUT20250403001 leaves Beijing, as its transfer order says, and the documents its rows
refer to (IN20250403002, OUT20250404001) exist. Stock-outs of sales follow their orders, which are written here too;
the cancelled one never reached the warehouse and the unpaid one is still waiting for its money.
"""

from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from orders.demo.documents import Count, Paper, Row, counted, stock_in, stock_out
from orders.demo.sales import Deal, End, sale
from orders.demo.timeline import Scene
from orders.demo.world import World

ZONE: Final = ZoneInfo("Asia/Shanghai")

IPHONE: Final = "AP-IP15P-256-BLK"
IPHONE_MAX: Final = "AP-IP15PM-512-SLV"
AIRPODS: Final = "AP-APP-2"
GALAXY: Final = "SM-S23-256-BLK"
TAB: Final = "SM-TABS9-128-SLV"
BUDS: Final = "SM-BUDS2P-WHT"
JORDAN: Final = "NK-AJ-42-BKR"
MAX: Final = "NK-AM-41-WHT"

GROUP_ORDER: Final = Deal("ORD20250402002", "NIKE", 24, ((MAX, 25),), End.WAITING, memo="OUT20250402003 团购订单待审核")
"""Placed anew when the data are loaded: it is still to be paid."""

_ORDERS: Final = (
    ("04-01 09:15", Deal("ORD20250401001", "APPLE", 6, ((IPHONE, 20),), memo="OUT20250401001 iPhone新品发售首批出库")),
    (
        "04-01 10:30",
        Deal("ORD20250401002", "SAMSUNG", 7, ((GALAXY, 12),), memo="OUT20250401002 Galaxy系列促销活动出货"),
    ),
    ("04-01 15:20", Deal("ORD20250401003", "NIKE", 24, ((JORDAN, 30),), memo="OUT20250401003 春季新款运动鞋发货")),
    (
        "04-02 09:40",
        Deal("ORD20250402001", "SAMSUNG", 3, ((BUDS, 8),), End.CANCELLED_PAID, memo="OUT20250402002 客户取消订单"),
    ),
)

_OUT: Final = (
    ("04-02 11:20", Paper(
        "BJ", "APPLE", "supplier_return", (Row(IPHONE, 5, "1999.00"),), "pending", "iPhone返厂维修批次",
        "OUT20250402002", "zhang.manager", "admin",
    )),
    ("04-03 13:25", Paper(
        "BJ", "APPLE", "transfer", (Row(IPHONE, 5, "1500.00"), Row(IPHONE_MAX, 10, "1500.00")), "done",
        "TRF20250403001 调拨至上海分仓：上海分仓库存不足", "OUT20250403001", "zhang.assistant", "zhang.manager",
        review=timedelta(minutes=20), company="自有车队", to="SH",
    )),
    ("04-03 10:05", Paper(
        "SH", "NIKE", "supplier_return", (Row(MAX, 10, "350.00"),), "done", "质量问题退货",
        "OUT20250403002", "wang.manager", "quality", review=timedelta(minutes=66), company="德邦物流",
    )),
    ("04-04 09:15", Paper(
        "GZ", "SAMSUNG", "transfer", (Row(GALAXY, 8, "2000.00"),), "done",
        "TRF20250404001 上海门店促销活动备货", "OUT20250404001", "li.assistant", "li.manager", company="自有车队",
        to="SH",
    )),
    ("04-05 09:30", Paper(
        "BJ", "APPLE", "transfer", (Row(IPHONE, 5, "1500.00"), Row(IPHONE_MAX, 5, "1500.00")), "approved",
        "TRF20250405001 新开业备货，待出库", "TRF20250405001", "zhang.assistant", "zhang.manager", to="GZ",
    )),
    ("04-06 14:20", Paper(
        "SH", "NIKE", "transfer", (Row(JORDAN, 10, "350.00"), Row(MAX, 10, "350.00")), "draft",
        "TRF20250406001 北京仓库新品调拨", "TRF20250406001", "wang.manager", to="BJ",
    )),
)  # fmt: skip

_IN: Final = (
    ("04-03 15:20", Paper(
        "SH", "APPLE", "transfer", (Row(IPHONE, 5, "1500.00"), Row(IPHONE_MAX, 10, "1500.00")), "done",
        "TRF20250403001 北京中心仓调入（IN20250403002）", "IN20250403002",
        "li.assistant", "li.manager", of="OUT20250403001",
    )),
    ("04-04 16:00", Paper(
        "SH", "SAMSUNG", "transfer", (Row(GALAXY, 8, "2000.00"),), "pending",
        "TRF20250404001 已出库待入库（IN20250404001）", "IN20250404001",
        "li.assistant", "li.manager", of="OUT20250404001",
    )),
)  # fmt: skip

_COUNTS: Final = (
    ("04-10 15:30", Count("BJ", "APPLE", IPHONE, -2, "季度全面盘点：可能有丢失", "CHK20250410001-1")),
    ("04-10 15:31", Count("BJ", "APPLE", IPHONE_MAX, 3, "季度全面盘点：系统录入错误", "CHK20250410001-2")),
    ("04-10 15:32", Count("BJ", "APPLE", AIRPODS, -3, "季度全面盘点：展示样品未及时登记", "CHK20250410001-3")),
    ("04-12 17:30", Count("GZ", "SAMSUNG", GALAXY, -2, "季度全面盘点：展示样品未登记", "CHK20250412001-1")),
    ("04-12 17:31", Count("GZ", "SAMSUNG", TAB, 4, "季度全面盘点：入库单漏录", "CHK20250412001-2")),
)


def sample_scenes(world: World) -> list[Scene]:
    """The two weeks of the sample rows."""
    scenes = [Scene(_at(text), sale(deal, world)) for text, deal in _ORDERS]
    scenes += [Scene(_at(text), stock_out(paper, world)) for text, paper in _OUT]
    scenes += [Scene(_at(text), stock_in(paper, world)) for text, paper in _IN]
    scenes += [Scene(_at(text), counted(count, world)) for text, count in _COUNTS]
    return scenes


def _at(text: str) -> datetime:
    return datetime.strptime(f"2025-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=ZONE)
