"""Named reads of the stock core; every one takes many keys and costs a constant number of queries."""

from inventory.selectors.alerts import StockAlerts, stock_alerts
from inventory.selectors.availability import (
    Availability,
    availability_of,
    sellable,
    sellable_by_channel,
    shelf_usage,
    store_counts,
)
from inventory.selectors.channels import channel_names
from inventory.selectors.promises import PromiseRow, promises_of
from inventory.selectors.waiting import Waiting, promised_by_line, waiting_of
from inventory.selectors.waterfall import waterfall

__all__ = [
    "Availability",
    "PromiseRow",
    "StockAlerts",
    "Waiting",
    "availability_of",
    "channel_names",
    "promised_by_line",
    "promises_of",
    "sellable",
    "sellable_by_channel",
    "shelf_usage",
    "stock_alerts",
    "store_counts",
    "waiting_of",
    "waterfall",
]
