"""The tables of warehousing, private to this app (others use services and selectors)."""

from warehousing.models.connection import WmsConnection
from warehousing.models.layout import Location, Shelf, Zone
from warehousing.models.owner import Owner
from warehousing.models.ship_notice import ShipNotice, ShipNoticeLine
from warehousing.models.warehouse import Warehouse
from warehousing.models.wms_message import WmsMessage

__all__ = [
    "Location",
    "Owner",
    "Shelf",
    "ShipNotice",
    "ShipNoticeLine",
    "Warehouse",
    "WmsConnection",
    "WmsMessage",
    "Zone",
]
