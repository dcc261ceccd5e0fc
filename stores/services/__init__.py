"""Commands of the stores app: stores and staff, listings, stock-in and stock-out documents."""

from stores.services.goods import (
    GoodsInput,
    list_goods,
    list_goods_bulk,
    set_goods_status,
    set_price,
    update_goods,
)
from stores.services.lines import DocumentLine
from stores.services.member import add_member, update_member
from stores.services.returns import ReturnedLine, add_return_stockin
from stores.services.sales import cancel_sales_stockouts, close_stockouts, open_sales_stockout
from stores.services.stockin import (
    approve_stockin,
    cancel_stockin,
    create_stockin,
    post_stockin,
    reject_stockin,
    submit_stockin,
    update_stockin,
)
from stores.services.stockout import (
    approve_stockout,
    cancel_stockout,
    confirm_stockout,
    create_stockout,
    reject_stockout,
    submit_stockout,
    update_stockout,
)
from stores.services.store import add_source, assign_shelves, create_store, update_store

__all__ = [
    "DocumentLine",
    "GoodsInput",
    "ReturnedLine",
    "add_member",
    "add_return_stockin",
    "add_source",
    "approve_stockin",
    "approve_stockout",
    "assign_shelves",
    "cancel_sales_stockouts",
    "cancel_stockin",
    "cancel_stockout",
    "close_stockouts",
    "confirm_stockout",
    "create_stockin",
    "create_stockout",
    "create_store",
    "list_goods",
    "list_goods_bulk",
    "open_sales_stockout",
    "post_stockin",
    "reject_stockin",
    "reject_stockout",
    "set_goods_status",
    "set_price",
    "submit_stockin",
    "submit_stockout",
    "update_goods",
    "update_member",
    "update_stockin",
    "update_stockout",
    "update_store",
]
