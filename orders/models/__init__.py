"""Tables of the orders app, one aggregate per file."""

from orders.models.order import GoodsItem, Order
from orders.models.returns import ReturnLine, ReturnOrder

__all__ = ["GoodsItem", "Order", "ReturnLine", "ReturnOrder"]
