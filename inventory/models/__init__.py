"""The tables of the stock core, one aggregate per file."""

from inventory.models.assignment import AssignmentRule
from inventory.models.channel import Channel, ChannelSource
from inventory.models.correction import Correction, ReconcileRun
from inventory.models.hold import InternalAllocation, PhysicalHold, Reservation, WaitingPromise
from inventory.models.inspection import Inspection
from inventory.models.ledger import LedgerEntry, StockCommand
from inventory.models.lock import StockLock, StockLockLine
from inventory.models.logical import LogicalStock
from inventory.models.physical import Batch, PhysicalStock
from inventory.models.refused import RefusedDemand
from inventory.models.safety import SafetyPolicy, SafetyRelease, SafetyReview
from inventory.models.sellable import AllocationPool, ChannelShare, ChannelStock
from inventory.models.snapshot import SnapshotDifference, WmsSnapshot
from inventory.models.stocktake import Stocktake, StocktakeLine
from inventory.models.supply import SupplyLine, SupplyStep

__all__ = [
    "AllocationPool",
    "AssignmentRule",
    "Batch",
    "Channel",
    "ChannelShare",
    "ChannelSource",
    "ChannelStock",
    "Correction",
    "Inspection",
    "InternalAllocation",
    "LedgerEntry",
    "LogicalStock",
    "PhysicalHold",
    "PhysicalStock",
    "ReconcileRun",
    "RefusedDemand",
    "Reservation",
    "SafetyPolicy",
    "SafetyRelease",
    "SafetyReview",
    "SnapshotDifference",
    "StockCommand",
    "StockLock",
    "StockLockLine",
    "Stocktake",
    "StocktakeLine",
    "SupplyLine",
    "SupplyStep",
    "WaitingPromise",
    "WmsSnapshot",
]
