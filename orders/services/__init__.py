"""The commands of the orders app: the table of contents of what can be done with an order."""

from orders.services.cancel import cancel_order
from orders.services.cancel_noticed import settle_cancellation
from orders.services.complete import complete_order
from orders.services.expire import expire_order
from orders.services.give_up import give_up_order
from orders.services.inputs import Consignee, InspectionInput, OrderItemInput, ReturnItemInput
from orders.services.inspect import inspect_return
from orders.services.pay import mark_paid, mark_refunded
from orders.services.place import place_order
from orders.services.release import release_to_warehouse
from orders.services.returns import receive_return, reject_return, request_return
from orders.services.ship import record_shipment
from orders.services.waiting import follow_goods, postpone_order

__all__ = [
    "Consignee",
    "InspectionInput",
    "OrderItemInput",
    "ReturnItemInput",
    "cancel_order",
    "complete_order",
    "expire_order",
    "follow_goods",
    "give_up_order",
    "inspect_return",
    "mark_paid",
    "mark_refunded",
    "place_order",
    "postpone_order",
    "receive_return",
    "record_shipment",
    "reject_return",
    "release_to_warehouse",
    "request_return",
    "settle_cancellation",
]
