"""The back office of warehousing: layout, owners, ship notices, the WMS inbox."""

from warehousing.admin import dashboard, layout, owner, wms

__all__ = ["dashboard", "layout", "owner", "wms"]

dashboard.register()
