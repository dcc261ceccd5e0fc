"""What the demo shops sell. Names, variants and costs of the customer's sample rows are kept."""

from dataclasses import dataclass
from typing import Final

BRANDS: Final = (
    ("Apple", "苹果：手机、平板、电脑与配件"),
    ("Samsung", "三星：手机、平板与智能穿戴"),
    ("Nike", "耐克：运动鞋服"),
    ("云谷", "自营品牌：食品饮料与家居日用"),
)

CATEGORIES: Final[dict[str, dict[str, tuple[str, ...]]]] = {
    "手机数码": {
        "手机通讯": ("智能手机", "手机配件"),
        "电脑办公": ("笔记本电脑", "平板电脑"),
        "影音穿戴": ("耳机音箱", "智能手表"),
    },
    "运动户外": {"运动鞋服": ("运动鞋", "运动服饰"), "户外装备": ("运动箱包", "露营用品")},
    "食品饮料": {"休闲食品": ("坚果炒货",), "饮料冲调": ("咖啡茶饮", "牛奶乳品")},
    "家居日用": {"清洁用品": ("纸品湿巾",), "生活电器": ("厨房小电",)},
}
"""First, second and third level."""


@dataclass(frozen=True, slots=True)
class Variant:
    """One SKU: code, the values of the product's axes, list price and cost in yuan."""

    code: str
    values: tuple[str, ...]
    price: str
    cost: str


@dataclass(frozen=True, slots=True)
class Article:
    """One product with its SKUs. ``state``: on the shelf, withdrawn from it, or still a draft."""

    name: str
    brand: str
    category: str
    axes: tuple[str, ...]
    variants: tuple[Variant, ...]
    unit: str = "件"
    weight: str = "0.500"
    expire_days: int | None = None
    tags: tuple[str, ...] = ()
    state: str = "on"


def _article(
    head: tuple[str, str, str], axes: str, *rows: str, unit: str = "件", weight: str = "0.500",
    expire_days: int | None = None, tags: tuple[str, ...] = (), state: str = "on",
) -> Article:  # fmt: skip
    """Rows read ``code | value, value | price | cost``."""
    variants = []
    for row in rows:
        code, values, price, cost = (part.strip() for part in row.split("|"))
        variants.append(Variant(code, tuple(value.strip() for value in values.split(",")), price, cost))
    name, brand, category = head
    return Article(
        name, brand, category, tuple(axes.split(",")), tuple(variants), unit, weight, expire_days, tags, state
    )


ARTICLES: Final = (
    _article(
        ("iPhone 15 Pro", "Apple", "智能手机"), "内存容量,颜色",
        "AP-IP15P-256-BLK | 256GB, 深空黑 | 8999.00 | 1999.00",
        "AP-IP15P-256-NAT | 256GB, 原色 | 8999.00 | 6480.00",
        "AP-IP15P-512-BLK | 512GB, 深空黑 | 10999.00 | 7920.00",
        unit="台", weight="0.350", tags=("新品", "热销"),
    ),
    _article(
        ("iPhone 15 Pro Max", "Apple", "智能手机"), "内存容量,颜色",
        "AP-IP15PM-512-SLV | 512GB, 银色 | 11999.00 | 1999.00",
        "AP-IP15PM-256-BLK | 256GB, 深空黑 | 9999.00 | 7200.00",
        "AP-IP15PM-1T-SLV | 1TB, 银色 | 13999.00 | 10080.00",
        unit="台", weight="0.380", tags=("新品",),
    ),
    _article(
        ("iPhone 15", "Apple", "智能手机"), "内存容量,颜色",
        "AP-IP15-128-BLK | 128GB, 黑色 | 5999.00 | 4320.00",
        "AP-IP15-128-PNK | 128GB, 粉色 | 5999.00 | 4320.00",
        "AP-IP15-256-BLK | 256GB, 黑色 | 6999.00 | 5040.00",
        "AP-IP15-256-PNK | 256GB, 粉色 | 6999.00 | 5040.00",
        unit="台", weight="0.320", tags=("热销",),
    ),
    _article(
        ("AirPods Pro", "Apple", "耳机音箱"), "版本",
        "AP-APP-2 | 第二代 | 1899.00 | 1320.00",
        unit="副", weight="0.150", tags=("热销",),
    ),
    _article(
        ("iPad Air", "Apple", "平板电脑"), "版本",
        "AP-IPA-256-WF | 256GB WiFi版 | 5499.00 | 799.00",
        "AP-IPA-64-WF | 64GB WiFi版 | 4799.00 | 3450.00",
        unit="台", weight="0.800",
    ),
    _article(
        ("MacBook Air", "Apple", "笔记本电脑"), "配置,颜色",
        "AP-MBA-256-MID | 8GB+256GB, 午夜色 | 8999.00 | 6480.00",
        "AP-MBA-512-SLV | 16GB+512GB, 银色 | 11999.00 | 8640.00",
        unit="台", weight="1.900",
    ),
    _article(
        ("Apple Watch S9", "Apple", "智能手表"), "尺寸,颜色",
        "AP-AW9-41-MID | 41mm, 午夜色 | 2999.00 | 2160.00",
        "AP-AW9-45-STA | 45mm, 星光色 | 3199.00 | 2300.00",
        unit="块", weight="0.200",
    ),
    _article(
        ("20W USB-C 充电器", "Apple", "手机配件"), "颜色",
        "AP-CHG-20W | 白色 | 149.00 | 75.00",
        unit="个", weight="0.120",
    ),
    _article(
        ("iPhone 14", "Apple", "智能手机"), "内存容量,颜色",
        "AP-IP14-128-BLU | 128GB, 蓝色 | 4999.00 | 3600.00",
        unit="台", weight="0.320", state="off",
    ),
    _article(
        ("Galaxy S23", "Samsung", "智能手机"), "内存容量,颜色",
        "SM-S23-256-BLK | 256GB, 午夜黑 | 5199.00 | 1999.00",
        "SM-S23-128-WHT | 128GB, 奶油白 | 4699.00 | 3380.00",
        "SM-S23U-512-BLK | 512GB Ultra, 午夜黑 | 9699.00 | 6980.00",
        unit="台", weight="0.340", tags=("促销",),
    ),
    _article(
        ("Galaxy Z Flip5", "Samsung", "智能手机"), "内存容量,颜色",
        "SM-FLIP5-256-GRN | 256GB, 薄荷绿 | 7499.00 | 5400.00",
        "SM-FLIP5-512-PPL | 512GB, 丁香紫 | 8399.00 | 6050.00",
        unit="台", weight="0.330",
    ),
    _article(
        ("Galaxy Tab S9", "Samsung", "平板电脑"), "内存容量,颜色",
        "SM-TABS9-128-SLV | 128GB, 银色 | 5999.00 | 1999.00",
        "SM-TABS9-256-GRY | 256GB, 灰色 | 6499.00 | 4680.00",
        unit="台", weight="0.850",
    ),
    _article(
        ("Galaxy Watch 6", "Samsung", "智能手表"), "尺寸,颜色",
        "SM-GW6-44-BLK | 44mm, 黑色 | 1999.00 | 399.00",
        "SM-GW6-40-GLD | 40mm, 金色 | 1799.00 | 1290.00",
        unit="块", weight="0.180",
    ),
    _article(
        ("Galaxy Buds2 Pro", "Samsung", "耳机音箱"), "颜色",
        "SM-BUDS2P-WHT | 白色 | 699.00 | 480.00",
        "SM-BUDS2P-BLK | 黑色 | 699.00 | 480.00",
        unit="副", weight="0.140", tags=("促销",),
    ),
    _article(
        ("45W 快充充电器", "Samsung", "手机配件"), "颜色",
        "SM-CHG-45W | 黑色 | 199.00 | 95.00",
        unit="个", weight="0.130",
    ),
    _article(
        ("Air Jordan", "Nike", "运动鞋"), "尺码,颜色",
        "NK-AJ-42-BKR | 42码, 黑红色 | 1299.00 | 400.00",
        "NK-AJ-41-BKR | 41码, 黑红色 | 1299.00 | 520.00",
        "NK-AJ-43-BKR | 43码, 黑红色 | 1299.00 | 520.00",
        unit="双", weight="1.200", tags=("新品",),
    ),
    _article(
        ("Air Max", "Nike", "运动鞋"), "尺码,颜色",
        "NK-AM-41-WHT | 41码, 白色 | 1099.00 | 350.00",
        "NK-AM-42-WHT | 42码, 白色 | 1099.00 | 440.00",
        "NK-AM-43-BLK | 43码, 黑色 | 1099.00 | 440.00",
        unit="双", weight="1.100",
    ),
    _article(
        ("Dunk Low", "Nike", "运动鞋"), "尺码,颜色",
        "NK-DUNK-39-PND | 39码, 黑白熊猫 | 749.00 | 300.00",
        "NK-DUNK-40-PND | 40码, 黑白熊猫 | 749.00 | 300.00",
        "NK-DUNK-41-PND | 41码, 黑白熊猫 | 749.00 | 300.00",
        unit="双", weight="1.000", tags=("热销",),
    ),
    _article(
        ("飞马 40 跑鞋", "Nike", "运动鞋"), "尺码,颜色",
        "NK-PEG40-41-BLU | 41码, 湖蓝 | 899.00 | 360.00",
        "NK-PEG40-42-BLU | 42码, 湖蓝 | 899.00 | 360.00",
        unit="双", weight="0.950",
    ),
    _article(
        ("Dri-FIT 运动T恤", "Nike", "运动服饰"), "尺码,颜色",
        "NK-TEE-M-BLK | M, 黑色 | 249.00 | 90.00",
        "NK-TEE-L-BLK | L, 黑色 | 249.00 | 90.00",
        "NK-TEE-XL-BLK | XL, 黑色 | 249.00 | 90.00",
        weight="0.220",
    ),
    _article(
        ("运动双肩包", "Nike", "运动箱包"), "颜色",
        "NK-BAG-BLK | 黑色 | 399.00 | 150.00",
        unit="个", weight="0.700",
    ),
    _article(
        ("冷萃咖啡液", "云谷", "咖啡茶饮"), "口味",
        "YG-COF-ORI | 原味 12 条 | 59.90 | 26.00",
        "YG-COF-LAT | 拿铁 12 条 | 65.90 | 29.00",
        unit="盒", weight="0.450", expire_days=180, tags=("热销",),
    ),
    _article(
        ("每日坚果", "云谷", "坚果炒货"), "规格",
        "YG-NUT-30 | 30 袋 750g | 129.00 | 62.00",
        unit="箱", weight="0.900", expire_days=240,
    ),
    _article(
        ("有机纯牛奶", "云谷", "牛奶乳品"), "规格",
        "YG-MLK-12 | 250ml×12 | 69.90 | 38.00",
        unit="箱", weight="3.200", expire_days=45,
    ),
    _article(
        ("高山绿茶", "云谷", "咖啡茶饮"), "净含量",
        "YG-TEA-100 | 100g | 88.00 | 35.00",
        "YG-TEA-250 | 250g | 198.00 | 80.00",
        unit="罐", weight="0.300", expire_days=540, tags=("礼盒",),
    ),
    _article(
        ("本色抽纸", "云谷", "纸品湿巾"), "规格",
        "YG-TIS-24 | 24 包 | 39.90 | 19.50",
        unit="提", weight="2.600",
    ),
    _article(
        ("便携榨汁杯", "云谷", "厨房小电"), "颜色",
        "YG-JUI-WHT | 白色 | 159.00 | 70.00",
        "YG-JUI-PNK | 粉色 | 159.00 | 70.00",
        unit="个", weight="0.650",
    ),
    _article(
        ("户外露营灯", "云谷", "露营用品"), "颜色",
        "YG-LMP-GRN | 军绿 | 129.00 | 58.00",
        unit="个", weight="0.400", state="draft",
    ),
)  # fmt: skip


def variants() -> dict[str, Variant]:
    """Every SKU by its code."""
    return {variant.code: variant for article in ARTICLES for variant in article.variants}
