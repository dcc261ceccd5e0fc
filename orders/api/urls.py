"""Routes of orders: the documents' entities under ``vmi/``, the rest under ``orders/`` (C-61)."""

from orders.api.return_views import ReturnViewSet
from orders.api.views import GoodsItemViewSet, OrderViewSet
from vmi.api.routers import Entry

vmi_router_entries: list[Entry] = [
    ("order", OrderViewSet, "order"),
    ("order/goodsItem", GoodsItemViewSet, "goods-item"),
]

app_entries: list[Entry] = [("returns", ReturnViewSet, "returns")]
