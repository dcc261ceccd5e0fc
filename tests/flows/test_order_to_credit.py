"""The flow of the product as one test: from a new SKU to the customer's credits, every number and ledger on the way."""

from collections.abc import Callable
from typing import Any

from inventory.services.reconcile import prove_stock
from orders.tasks import release_paid
from tests.factories.inventory import entries
from tests.flows.trade import Trade, deliver, open_trade
from vmi.core.checks_registry import run_proofs
from vmi.core.sources import Source


def test_one_order_through_all_apps(staff: Callable[..., Any], api_for: Callable[..., Any]) -> None:
    trade = open_trade(staff, api_for, stock=10)
    deliver()
    assert trade.credits() == (100, 100)
    assert trade.layers() == {}

    _stock_in(trade)
    order = _placed(trade)
    _paid(trade, order)
    notice = _noticed(trade, order)
    _shipped(trade, order, notice)
    _completed(trade, order)
    _refused(trade)

    assert prove_stock() == []
    assert {name: found for name, found in run_proofs().items() if found} == {}


def _stock_in(trade: Trade) -> None:
    """Created by a clerk, submitted, approved by somebody else: the goods are in all four layers."""
    url = f"/vmi/store/stockin/{trade.stockin['id']}"
    assert trade.clerk.post(f"{url}/submit/", expect=200)["status"] == 201
    assert trade.clerk.post(f"{url}/approve/", expect=403)["error"]["type"] == "permission"
    assert trade.manager.post(f"{url}/approve/", expect=200)["status"] == 204
    assert trade.layers() == {
        "channel.baseQuotaQty": 10,
        "channel.sellableQty": 10,
        "pool.quotaQty": 10,
        "logical.physicalBaseQty": 10,
        "logical.availableQty": 10,
        "physical.quantity": 10,
    }
    assert entries(Source("stockin", trade.stockin["sn"])) == [
        ("BASE_QUOTA", 10, 10),
        ("QUOTA", 10, 10),
        ("BASE", 10, 10),
        ("QUANTITY", 10, 10),
    ]
    (goods,) = trade.manager.rows(f"/vmi/store/goods/?storeId={trade.store['id']}")
    assert (goods["count"], goods["sellable"], goods["shelf"]) == (10, 10, [trade.rack["id"]])


def _placed(trade: Trade) -> dict[str, Any]:
    """Three units are held for fifteen minutes."""
    order = trade.place(3)
    assert (order["cost"], order["status"], order["paymentStatus"], order["state"]) == ("389.70", 100, 800, 0)
    assert order["customer"] == trade.partner["id"]
    (hold,) = trade.manager.rows(f"/inventory/reservations/?sourceSn={order['sn']}")
    assert (hold["quantity"], hold["expiresAt"]) == (3, order["expiresAt"])
    layers = trade.layers()
    assert (layers["channel.heldQty"], layers["channel.sellableQty"]) == (3, 7)
    assert "logical.allocatedQty" not in layers
    assert entries(_source(order)) == [("HELD", 3, 3)]
    return order


def _paid(trade: Trade, order: dict[str, Any]) -> None:
    """Held becomes sold and is allocated; the message may come twice."""
    assert trade.pay(order)["state"] == 1201
    paid = trade.order(order)
    assert (paid["paymentStatus"], paid["paidAmount"], paid["state"]) == (801, "389.70", 1)
    layers = trade.layers()
    assert (layers["channel.soldQty"], layers["channel.sellableQty"]) == (3, 7)
    assert (layers["logical.allocatedQty"], layers["logical.availableQty"]) == (3, 7)
    assert "channel.heldQty" not in layers
    assert entries(_source(order))[1:] == [
        ("HELD", -3, 0),
        ("SOLD", 3, 3),
        ("ALLOCATED", 3, 3),
    ]


def _noticed(trade: Trade, order: dict[str, Any]) -> dict[str, Any]:
    """The sweep tells the warehouse: batch and location are held, the stock-out is open."""
    assert release_paid() == 1
    assert trade.order(order)["fulfilmentStatus"] == 901
    (notice,) = trade.manager.rows(f"/warehousing/shipNotices/?sourceSn={order['sn']}")
    (line,) = notice["lines"]
    assert (line["sku"], line["location"], line["quantity"]) == (trade.sku["sku"], trade.location["code"], 3)
    assert (line["owner"], notice["consignee"]["name"]) == (trade.owner["code"], "李雷")
    assert trade.layers()["physical.heldQty"] == 3
    assert entries(_source(order))[-1] == ("PHYSICAL_HELD", 3, 3)
    (stockout,) = trade.manager.rows(f"/vmi/store/stockout/?sourceSn={order['sn']}")
    assert (stockout["type"], stockout["status"], stockout["quantity"]) == ("sale", 203, 3)
    return notice


def _shipped(trade: Trade, order: dict[str, Any], notice: dict[str, Any]) -> None:
    """The warehouse system confirms: every layer goes down together, the documents close."""
    trade.confirm_outbound(notice)
    trade.confirm_outbound(notice)
    deliver()
    assert trade.layers() == {
        "channel.baseQuotaQty": 7,
        "channel.sellableQty": 7,
        "pool.quotaQty": 7,
        "logical.physicalBaseQty": 7,
        "logical.availableQty": 7,
        "physical.quantity": 7,
    }
    assert entries(_source(order))[-7:] == [
        ("QUOTA", -3, 7),
        ("BASE", -3, 7),
        ("ALLOCATED", 3, 3),
        ("ALLOCATED", -3, 0),
        ("QUANTITY", -3, 7),
        ("PHYSICAL_HELD", 3, 3),
        ("PHYSICAL_HELD", -3, 0),
    ]
    shipped = trade.order(order)
    assert (shipped["fulfilmentStatus"], shipped["state"]) == (902, 2)
    assert (shipped["company"], shipped["trackingNo"]) == ("顺丰", "SF1234567890")
    (stockout,) = trade.manager.rows(f"/vmi/store/stockout/?sourceSn={order['sn']}")
    assert stockout["status"] == 204


def _completed(trade: Trade, order: dict[str, Any]) -> None:
    """The customer confirms, and earns one credit per unit of money: 389 of 389.70, once."""
    for _ in range(2):
        done = trade.customer.post(f"/vmi/order/{order['id']}/complete/", expect=200)
        deliver()
    assert (done["status"], done["fulfilmentStatus"], done["state"]) == (101, 903, 3)
    assert trade.credits() == (489, 489)
    granted = trade.manager.rows(f"/vmi/credit/?ownerId={trade.partner['id']}")
    assert sorted((entry["credit"], entry["source"]) for entry in granted) == [
        (100, f"partner:{trade.partner['code']}"),
        (389, f"order:{order['sn']}"),
    ]


def _refused(trade: Trade) -> None:
    """Seven are left: eight are refused line by line, and nothing of the refusal stays."""
    error = trade.place(8, expect=409)["error"]
    assert (error["type"], error["code"], error["param"]) == (
        "insufficient_stock",
        "stock_insufficient",
        "goods[0].count",
    )
    assert error["details"] == {"lines": [{"line": 1, "sku": trade.sku["sku"], "wanted": 8, "available": 7}]}
    assert trade.layers()["channel.sellableQty"] == 7
    assert len(trade.customer.rows("/vmi/order/")) == 1


def _source(order: dict[str, Any]) -> Source:
    return Source("order", order["sn"])
