"""The back office of warehousing: layout, owners, ship notices, the WMS inbox."""

from warehousing.admin import dashboard, layout, owner, ship_notice, wms

__all__ = ["dashboard", "layout", "owner", "ship_notice", "wms"]

dashboard.register()
