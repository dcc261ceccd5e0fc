"""Routes under ``/api/v1/inventory/``."""

from inventory.api.views import (
    ChannelStockViewSet,
    ChannelViewSet,
    LedgerEntryViewSet,
    LogicalStockViewSet,
    PhysicalStockViewSet,
    PoolViewSet,
    ReservationViewSet,
)
from vmi.api.routers import Entry

vmi_router_entries: list[Entry] = []

app_entries: list[Entry] = [
    ("channels", ChannelViewSet, "channel"),
    ("logicalStocks", LogicalStockViewSet, "logicalstock"),
    ("pools", PoolViewSet, "pool"),
    ("channelStocks", ChannelStockViewSet, "channelstock"),
    ("physicalStocks", PhysicalStockViewSet, "physicalstock"),
    ("reservations", ReservationViewSet, "reservation"),
    ("ledgerEntries", LedgerEntryViewSet, "ledgerentry"),
]
