"""The commands of warehousing: this list is the app's table of contents."""

from warehousing.services.cancel_notice import confirm_cancel_manually, refuse_cancel_manually, request_notice_cancel
from warehousing.services.cancel_sending import send_due_cancels
from warehousing.services.confirm import ShippedQuantity, confirm_manually
from warehousing.services.connection import connect_wms, rotate_secret, update_connection
from warehousing.services.inbox import (
    apply_message,
    process_waiting_messages,
    receive_wms_batch,
    receive_wms_message,
    replay_message,
)
from warehousing.services.layout import create_warehouse, create_zone, update_warehouse, update_zone
from warehousing.services.owner import disable_owner, enable_owner, register_owner, update_owner
from warehousing.services.sending import retry_ship_notice, send_due_notices, send_ship_notice
from warehousing.services.shelf import add_location, create_shelf, open_rack, update_shelf
from warehousing.services.ship_notice import NoticeLine, cancel_ship_notice, close_ship_notice, open_ship_notice
from warehousing.services.silence import settle_held_back, settle_left
from warehousing.services.stock import poll_due_stock, take_stock_of
from warehousing.services.webhook import verify_webhook

__all__ = [
    "NoticeLine",
    "ShippedQuantity",
    "add_location",
    "apply_message",
    "cancel_ship_notice",
    "close_ship_notice",
    "confirm_cancel_manually",
    "confirm_manually",
    "connect_wms",
    "create_shelf",
    "create_warehouse",
    "create_zone",
    "disable_owner",
    "enable_owner",
    "open_rack",
    "open_ship_notice",
    "poll_due_stock",
    "process_waiting_messages",
    "receive_wms_batch",
    "receive_wms_message",
    "refuse_cancel_manually",
    "register_owner",
    "replay_message",
    "request_notice_cancel",
    "retry_ship_notice",
    "rotate_secret",
    "send_due_cancels",
    "send_due_notices",
    "send_ship_notice",
    "settle_held_back",
    "settle_left",
    "take_stock_of",
    "update_connection",
    "update_owner",
    "update_shelf",
    "update_warehouse",
    "update_zone",
    "verify_webhook",
]
