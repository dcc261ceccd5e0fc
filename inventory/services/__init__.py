"""Commands of the stock core. Each is one transaction, idempotent on its source reference, and writes the ledger."""

from inventory.services.adjust import adjust
from inventory.services.batches import date_batch
from inventory.services.cancel import cancel_paid
from inventory.services.channels import add_channel_source, open_channel
from inventory.services.internal import AllocateLine, allocate, cancel_internal
from inventory.services.outbound import ShippedLine, confirm_outbound
from inventory.services.pay import post_payment
from inventory.services.receive import ReceiveLine, receive
from inventory.services.release import release, release_expired
from inventory.services.reserve import Hold, ReserveLine, reserve
from inventory.services.returns import InspectLine, ReturnLine, inspect_return, receive_return
from inventory.services.ship import Pick, issue_ship_notice

__all__ = [
    "AllocateLine",
    "Hold",
    "InspectLine",
    "Pick",
    "ReceiveLine",
    "ReserveLine",
    "ReturnLine",
    "ShippedLine",
    "add_channel_source",
    "adjust",
    "allocate",
    "cancel_internal",
    "cancel_paid",
    "confirm_outbound",
    "date_batch",
    "inspect_return",
    "issue_ship_notice",
    "open_channel",
    "post_payment",
    "receive",
    "receive_return",
    "release",
    "release_expired",
    "reserve",
]
