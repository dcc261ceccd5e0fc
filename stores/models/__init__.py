"""Models of the stores app; private to it, other apps use selectors and services."""

from stores.models.goods import Goods
from stores.models.stock_document import GoodsInfo, GoodsInfoLocation, StockDocument, StockIn, StockOut
from stores.models.store import Member, Store, StoreShelf

__all__ = [
    "Goods",
    "GoodsInfo",
    "GoodsInfoLocation",
    "Member",
    "StockDocument",
    "StockIn",
    "StockOut",
    "Store",
    "StoreShelf",
]
