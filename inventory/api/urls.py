"""Routes under ``/api/v1/inventory/``: the fixed ones of 003 first, then numeric ids, then the resources (C-07)."""

from django.urls import re_path

from inventory.api.batch_views import BatchViewSet
from inventory.api.channel_views import ChannelRulesViewSet
from inventory.api.count_views import (
    SnapshotDifferenceViewSet,
    StockLockViewSet,
    StocktakeViewSet,
    WmsSnapshotViewSet,
)
from inventory.api.explain_views import ExplainViewSet
from inventory.api.history_views import AsOfViewSet, HistoryViewSet
from inventory.api.hold_views import HoldViewSet
from inventory.api.proof_views import CorrectionViewSet, ReconcileRunViewSet
from inventory.api.quota_views import AssignmentRuleViewSet, BucketViewSet, PoolRowViewSet
from inventory.api.safety_views import SafetyReleaseViewSet, SafetyReviewViewSet, SafetyViewSet, ThresholdViewSet
from inventory.api.ship_views import ExternalShipViewSet
from inventory.api.stock_views import LowStockViewSet, StockViewSet, TransactionViewSet
from inventory.api.supply_views import PromiseViewSet, SupplyLineViewSet, SupplyStepViewSet
from inventory.api.views import (
    ChannelStockViewSet,
    ChannelViewSet,
    LedgerEntryViewSet,
    LogicalStockViewSet,
    PhysicalStockViewSet,
    PoolViewSet,
    RefusedDemandViewSet,
    ReservationViewSet,
)
from vmi.api.routers import ID_REGEX, Entry

vmi_router_entries: list[Entry] = []

app_entries: list[Entry] = [
    ("channels", ChannelViewSet, "channel"),
    ("logicalStocks", LogicalStockViewSet, "logicalstock"),
    ("pools", PoolViewSet, "pool"),
    ("channelStocks", ChannelStockViewSet, "channelstock"),
    ("physicalStocks", PhysicalStockViewSet, "physicalstock"),
    ("reservations", ReservationViewSet, "reservation"),
    ("refusedDemand", RefusedDemandViewSet, "refuseddemand"),
    ("channel", ChannelRulesViewSet, "channelrules"),
    ("pool", PoolRowViewSet, "poolrow"),
    ("bucket", BucketViewSet, "bucket"),
    ("assignmentRule", AssignmentRuleViewSet, "assignmentrule"),
    ("safety", SafetyViewSet, "safety"),
    ("safetyReleases", SafetyReleaseViewSet, "safetyrelease"),
    ("safetyReviews", SafetyReviewViewSet, "safetyreview"),
    ("batches", BatchViewSet, "batch"),
    ("stockLocks", StockLockViewSet, "stocklock"),
    ("stocktakes", StocktakeViewSet, "stocktake"),
    ("wmsSnapshots", WmsSnapshotViewSet, "wmssnapshot"),
    ("wmsDifferences", SnapshotDifferenceViewSet, "wmsdifference"),
    ("supply", SupplyLineViewSet, "supplyline"),
    ("supplySteps", SupplyStepViewSet, "supplystep"),
    ("promises", PromiseViewSet, "promise"),
    ("ledgerEntries", LedgerEntryViewSet, "ledgerentry"),
    ("ledger", HistoryViewSet, "ledger"),
    ("as-of", AsOfViewSet, "asof"),
    ("reconcileRuns", ReconcileRunViewSet, "reconcilerun"),
    ("corrections", CorrectionViewSet, "correction"),
]

_ID = f"(?P<pk>{ID_REGEX})"

urlpatterns = [
    re_path(r"^batch/$", StockViewSet.as_view({"post": "batch"}), name="stock-batch"),
    re_path(r"^explain/$", ExplainViewSet.as_view({"get": "explain"}), name="stock-explain"),
    re_path(r"^low-stock/$", LowStockViewSet.as_view({"get": "list"}), name="stock-low"),
    re_path(
        r"^reserve/cart/$",
        HoldViewSet.as_view({"post": "reserve_cart", "put": "change_cart", "delete": "drop_cart"}),
        name="hold-cart",
    ),
    re_path(r"^reserve/cart/release/$", HoldViewSet.as_view({"post": "release_cart"}), name="hold-cart-release"),
    re_path(r"^reserve/order/$", HoldViewSet.as_view({"post": "reserve_order"}), name="hold-order"),
    re_path(rf"^reserve/order/{_ID}/$", HoldViewSet.as_view({"delete": "drop_order"}), name="hold-order-drop"),
    re_path(
        rf"^reserve/order/{_ID}/release/$", HoldViewSet.as_view({"post": "release_order"}), name="hold-order-release"
    ),
    re_path(r"^reservations/mine/$", HoldViewSet.as_view({"get": "mine"}), name="hold-mine"),
    re_path(r"^deduct/$", HoldViewSet.as_view({"post": "deduct"}), name="hold-deduct"),
    re_path(r"^ship/$", ExternalShipViewSet.as_view({"post": "ship"}), name="ship-order"),
    re_path(r"^ship/confirm/$", ExternalShipViewSet.as_view({"post": "confirm"}), name="ship-confirm"),
    re_path(r"^cleanup/expired-reservations/$", HoldViewSet.as_view({"post": "cleanup"}), name="hold-cleanup"),
    re_path(r"^adjust/batch/$", StockViewSet.as_view({"post": "adjust_many"}), name="stock-adjust-batch"),
    re_path(r"^thresholds/$", ThresholdViewSet.as_view({"put": "thresholds"}), name="stock-thresholds"),
    re_path(rf"^{_ID}/$", StockViewSet.as_view({"get": "product"}), name="stock-product"),
    re_path(rf"^{_ID}/adjust/$", StockViewSet.as_view({"put": "adjust"}), name="stock-adjust"),
    re_path(rf"^{_ID}/threshold/$", StockViewSet.as_view({"put": "threshold"}), name="stock-threshold"),
    re_path(rf"^{_ID}/transactions/$", TransactionViewSet.as_view({"get": "list"}), name="stock-transactions"),
]
