"""Commands of the stock core. Each is one transaction, idempotent on its source reference, and writes the ledger."""

from inventory.services.adjust import adjust
from inventory.services.adjust_batch import Adjustment, adjust_batch
from inventory.services.batches import date_batch
from inventory.services.cancel import cancel_paid
from inventory.services.cancel_noticed import confirm_cancel, request_cancel
from inventory.services.cart import CartItem, add_to_cart, cart_source, change_cart
from inventory.services.change_hold import change_hold, extend_hold
from inventory.services.channels import add_channel_source, open_channel
from inventory.services.convert import Taker, convert_cart_hold, hold_for_order
from inventory.services.correct import approve_correction, reject_correction
from inventory.services.dispatch import dispatch_transfer
from inventory.services.external_order import deduct, release_order, reserve_order
from inventory.services.internal import AllocateLine, allocate, cancel_internal
from inventory.services.lock import LockLine, lock, lock_units
from inventory.services.outbound import ShippedLine, confirm_outbound
from inventory.services.pay import post_payment
from inventory.services.quota_lines import Target
from inventory.services.receive import ReceiveLine, receive
from inventory.services.release import release, release_expired
from inventory.services.reserve import Hold, ReserveLine, reserve
from inventory.services.returns import InspectLine, ReturnLine, inspect_return, receive_return
from inventory.services.safety import SafetyItem, set_safeties, set_safety
from inventory.services.safety_lock import lock_safety, unlock_safety
from inventory.services.safety_rearm import rearm_safety, top_up_safety
from inventory.services.safety_release import release_safety
from inventory.services.safety_review import accept_review, reject_review, review_safety
from inventory.services.safety_terms import SafetyTerms
from inventory.services.ship import Pick, issue_ship_notice
from inventory.services.snapshot import apply_wms_snapshot
from inventory.services.snapshot_review import decide_difference
from inventory.services.stocktake import CountLine, count, open_stocktake, reject_stocktake, submit_stocktake
from inventory.services.stocktake_apply import apply_stocktake, approve_stocktake
from inventory.services.supply import ExpectLine, close_presale, expect_supply, open_presale, reschedule_supply
from inventory.services.supply_close import close_supply
from inventory.services.supply_receive import ArrivalLine, receive_supply, receive_transfer
from inventory.services.take_back import take_from_cart
from inventory.services.threshold import announce_low_stock, set_threshold, set_thresholds
from inventory.services.unlock import UnlockLine, unlock

__all__ = [
    "Adjustment",
    "AllocateLine",
    "ArrivalLine",
    "CartItem",
    "CountLine",
    "ExpectLine",
    "Hold",
    "InspectLine",
    "LockLine",
    "Pick",
    "ReceiveLine",
    "ReserveLine",
    "ReturnLine",
    "SafetyItem",
    "SafetyTerms",
    "ShippedLine",
    "Taker",
    "Target",
    "UnlockLine",
    "accept_review",
    "add_channel_source",
    "add_to_cart",
    "adjust",
    "adjust_batch",
    "allocate",
    "announce_low_stock",
    "apply_stocktake",
    "apply_wms_snapshot",
    "approve_correction",
    "approve_stocktake",
    "cancel_internal",
    "cancel_paid",
    "cart_source",
    "change_cart",
    "change_hold",
    "close_presale",
    "close_supply",
    "confirm_cancel",
    "confirm_outbound",
    "convert_cart_hold",
    "count",
    "date_batch",
    "decide_difference",
    "deduct",
    "dispatch_transfer",
    "expect_supply",
    "extend_hold",
    "hold_for_order",
    "inspect_return",
    "issue_ship_notice",
    "lock",
    "lock_safety",
    "lock_units",
    "open_channel",
    "open_presale",
    "open_stocktake",
    "post_payment",
    "rearm_safety",
    "receive",
    "receive_return",
    "receive_supply",
    "receive_transfer",
    "reject_correction",
    "reject_review",
    "reject_stocktake",
    "release",
    "release_expired",
    "release_order",
    "release_safety",
    "request_cancel",
    "reschedule_supply",
    "reserve",
    "reserve_order",
    "review_safety",
    "set_safeties",
    "set_safety",
    "set_threshold",
    "set_thresholds",
    "submit_stocktake",
    "take_from_cart",
    "top_up_safety",
    "unlock",
    "unlock_safety",
]
