"""Where the stores app answers, under ``/api/v1/vmi/`` (C-61)."""

from stores.api.documents import GoodsInfoViewSet, StockInViewSet, StockOutViewSet
from stores.api.stores import GoodsViewSet, MemberViewSet, StoreViewSet
from vmi.api.routers import Entry

vmi_router_entries: list[Entry] = [
    ("store", StoreViewSet, "store"),
    ("store/member", MemberViewSet, "store-member"),
    ("store/goods", GoodsViewSet, "store-goods"),
    ("store/goodsInfo", GoodsInfoViewSet, "store-goodsinfo"),
    ("store/stockin", StockInViewSet, "store-stockin"),
    ("store/stockout", StockOutViewSet, "store-stockout"),
]

app_entries: list[Entry] = []
