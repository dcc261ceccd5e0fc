"""The back office of warehousing: layout, owners, ship notices, the WMS inbox."""

from warehousing.admin import layout, owner, wms

__all__ = ["layout", "owner", "wms"]
