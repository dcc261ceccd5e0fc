"""Back office of orders and returns; importing it registers the pages."""

from orders.admin import dashboard
from orders.admin.orders import OrderAdmin
from orders.admin.returns import ReturnOrderAdmin

__all__ = ["OrderAdmin", "ReturnOrderAdmin"]

dashboard.register()
