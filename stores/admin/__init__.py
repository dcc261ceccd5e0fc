"""Back-office pages of the stores app."""

from stores.admin import dashboard
from stores.admin.goods import GoodsAdmin
from stores.admin.stockin import StockInAdmin
from stores.admin.stockout import StockOutAdmin
from stores.admin.store import MemberAdmin, StoreAdmin

__all__ = ["GoodsAdmin", "MemberAdmin", "StockInAdmin", "StockOutAdmin", "StoreAdmin"]

dashboard.register()
