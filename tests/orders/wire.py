"""How the API tells an order, for tests that compare all of it."""

from typing import Any

from orders.models import Order
from tests.factories.orders import Shop


def wire_line(order: Order, shop: Shop) -> dict[str, Any]:
    """The one line of an order of two units at 12.50, as the API tells it."""
    (sku,) = shop.skus[:1]
    return {
        "id": order.items.get().pk,
        "order": order.pk,
        "lineNo": 1,
        "goods": shop.goods_ids[sku],
        "product": shop.sku_ids[sku],
        "sku": sku,
        "name": f"商品 {sku}",
        "price": "12.50",
        "count": 2,
        "amount": "25.00",
        "returnedCount": 0,
        "cancelledCount": 0,
        "namespace": "alpha",
    }


def wire_order(order: Order) -> dict[str, Any]:
    """A fresh order of 25.00 as the API tells it; who, where and when is the caller's."""
    return {
        "id": order.pk,
        "sn": order.sn,
        "type": 1,
        "cost": "25.00",
        "paidAmount": "0.00",
        "refundedAmount": "0.00",
        "lostAmount": "0.00",
        **_STATUSES,
        "memo": "请尽快",
        "consignee": {
            "name": "王小明",
            "phone": "13800000000",
            "province": "440000",
            "city": None,
            "district": None,
            "address": "科技园",
        },
        **dict.fromkeys(_EMPTY),
        "awaitsGoods": False,
        "namespace": "alpha",
        "creater": order.creater_id,
    }


_STATUSES: dict[str, Any] = {
    "status": 100,
    "statusName": "进行中",
    "paymentStatus": 800,
    "paymentStatusName": "待付款",
    "fulfilmentStatus": 900,
    "fulfilmentStatusName": "未发货",
    "afterSaleStatus": 1000,
    "afterSaleStatusName": "无售后",
    "state": 0,
}
_EMPTY = (
    "company",
    "trackingNo",
    "closedReason",
    "sourceRef",
    "promisedOn",
    "cancelRequestedAt",
    "paidAt",
    "noticedAt",
    "shippedAt",
    "completedAt",
)
"""What a fresh order has nothing of yet."""
