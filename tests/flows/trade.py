"""A day of trade spoken over the API only: who calls, what they say, and the numbers of the four layers afterwards."""

import itertools
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from orders.payments.gateways.base import PaymentRequest
from orders.payments.gateways.development import signed_callback
from orders.payments.selectors import get_payment
from vmi.core import clock
from vmi.core.signing import signed_headers
from vmi.events.tasks import sweep

V1 = "/api/v1"
WMS_SECRET = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
_keys = itertools.count(1)


class Caller:
    """One person or system at the API; refuses an unexpected answer with its text."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def post(self, path: str, body: dict[str, Any] | None = None, *, expect: int = 201) -> dict[str, Any]:
        """POST with a fresh Idempotency-Key."""
        headers = {"Idempotency-Key": f"flow-{next(_keys)}"}
        response = self._client.post(f"{V1}{path}", body or {}, format="json", headers=headers)
        assert response.status_code == expect, response.content.decode()
        found: dict[str, Any] = response.json()
        return found

    def get(self, path: str) -> dict[str, Any]:
        """GET one object or one page."""
        response = self._client.get(f"{V1}{path}")
        assert response.status_code == 200, response.content.decode()
        found: dict[str, Any] = response.json()
        return found

    def rows(self, path: str) -> list[dict[str, Any]]:
        """The rows of a page."""
        found: list[dict[str, Any]] = self.get(path)["results"]
        return found

    def signed(self, path: str, body: bytes, headers: dict[str, str]) -> dict[str, Any]:
        """POST a signed message as a machine does."""
        response = self._client.post(f"{V1}{path}", body, content_type="application/json", headers=headers)
        assert response.status_code == 200, response.content.decode()
        found: dict[str, Any] = response.json()
        return found


@dataclass
class Trade:
    """The shop of the flow and the people around it."""

    clerk: Caller
    manager: Caller
    warehouse: Caller
    customer: Caller
    machine: Caller
    partner: dict[str, Any]
    sku: dict[str, Any]
    depot: dict[str, Any]
    rack: dict[str, Any]
    owner: dict[str, Any]
    store: dict[str, Any]
    location: dict[str, Any]
    connection: dict[str, Any]
    stockin: dict[str, Any]

    def place(self, count: int, *, expect: int = 201) -> dict[str, Any]:
        """The customer orders ``count`` units."""
        body = {
            "store": self.store["id"],
            "goods": [{"sku": self.sku["sku"], "count": count, "price": "129.90"}],
            "consignee": {"name": "李雷", "phone": "13900000000", "address": "中关村大街 1 号"},
        }
        return self.customer.post("/vmi/order/", body, expect=expect)

    def pay(self, order: dict[str, Any]) -> dict[str, Any]:
        """The customer pays with the development gateway, which reports by a signed callback."""
        opened = self.customer.post(f"/vmi/order/{order['id']}/pay/", {"provider": "development"})
        payment = get_payment(opened["payment"]["sn"])
        request = PaymentRequest(payment.sn, payment.order.sn, payment.amount, payment.currency)
        message = signed_callback(request, at=clock.now())
        return self.machine.signed("/payments/callbacks/development/", message.body, dict(message.headers))

    def confirm_outbound(self, notice: dict[str, Any]) -> dict[str, Any]:
        """The warehouse system reports that everything of a notice left."""
        event = {
            "eventId": f"evt-{next(_keys)}",
            "type": "outbound.confirmed",
            "occurredAt": clock.now().isoformat(),
            "seq": next(_keys),
            "noticeSn": notice["sn"],
            "company": "顺丰",
            "trackingNo": "SF1234567890",
            "lines": [{"lineNo": line["lineNo"], "quantity": line["quantity"]} for line in notice["lines"]],
        }
        body = json.dumps({"events": [event]}).encode()
        headers = signed_headers(WMS_SECRET, event["eventId"], body, at=clock.now())
        return self.machine.signed(f"/warehousing/wms/{self.connection['code']}/events/", body, headers)

    def layers(self) -> dict[str, int]:
        """Every counter of the SKU that is not zero, as the inventory endpoints show them."""
        found: dict[str, int] = {}
        sku_id = self.sku["id"]
        for prefix, path in (
            ("channel", "channelStocks"),
            ("pool", "pools"),
            ("logical", "logicalStocks"),
            ("physical", "physicalStocks"),
        ):
            for row in self.manager.rows(f"/inventory/{path}/?skuId={sku_id}"):
                for name, value in row.items():
                    if name.endswith(("Qty", "quantity")) and isinstance(value, int) and value:
                        found[f"{prefix}.{name}"] = found.get(f"{prefix}.{name}", 0) + value
        return found

    def order(self, order: dict[str, Any]) -> dict[str, Any]:
        """The order as the customer sees it now."""
        return self.customer.get(f"/vmi/order/{order['id']}/")

    def credits(self) -> tuple[int, int]:
        """Total and available credits of the customer."""
        (report,) = self.manager.rows(f"/vmi/credit/creditReport/?ownerId={self.partner['id']}")
        return report["credit"], report["available"]


def deliver() -> None:
    """What the worker does every minute: hand recorded events to their handlers, until none is left."""
    while sweep():
        continue


def open_trade(staff: Callable[..., Any], api_for: Callable[..., Any], *, stock: int) -> Trade:
    """Set everything up by the API: goods, warehouse, store, customer, and an approved stock-in of ``stock`` units."""
    clerk, manager = Caller(api_for(staff("clerk"))), Caller(api_for(staff("manager")))
    warehouse, machine = Caller(api_for(staff("warehouse"))), Caller(api_for())
    product = manager.post(
        "/vmi/product/", {"name": "无线耳机", "skus": [{"sku": "EAR-01-W", "name": "白色", "listPrice": "149.00"}]}
    )
    manager.post(f"/vmi/product/{product['id']}/publish/", expect=200)
    (sku,) = manager.rows(f"/vmi/product/productInfo/?productId={product['id']}")
    depot = manager.post("/vmi/warehouse/", {"name": "北京仓"})
    zone = manager.post("/warehousing/zones/", {"warehouse": depot["id"], "code": "ST", "name": "存储区"})
    rack = manager.post(
        "/vmi/warehouse/shelf/open-rack/",
        {"warehouse": depot["id"], "zone": zone["id"], "rack": "03", "levels": 2, "slots": 5},
    )
    location = manager.rows(f"/warehousing/locations/?code={depot['number']}-ST-03-02-05")[0]
    owner = manager.post("/warehousing/owners/", {"name": "自营", "type": "own"})
    connection = manager.post(
        "/warehousing/wmsConnections/", {"code": "bj-wms", "warehouse": depot["id"], "secret": WMS_SECRET}
    )
    store = manager.post(
        "/vmi/store/",
        {"name": "旗舰店", "sources": [{"warehouse": depot["id"], "owner": owner["id"]}], "shelf": [rack["id"]]},
    )
    manager.post(
        "/vmi/store/goods/",
        {"store": store["id"], "product": sku["id"], "name": "无线耳机 白色", "price": "129.90"},
    )
    registered = machine.post(
        "/partners/register/",
        {"username": "lilei", "password": "correct horse battery", "name": "李雷", "telephone": "13900000000"},
    )
    tokens = machine.post("/auth/login/", {"username": "lilei", "password": "correct horse battery"}, expect=200)
    shopper = api_for()
    shopper.credentials(HTTP_AUTHORIZATION=f"Bearer {tokens['access']}")
    stockin = clerk.post(
        "/vmi/store/stockin/",
        {
            "type": "purchase",
            "warehouse": depot["id"],
            "owner": owner["id"],
            "store": store["id"],
            "goodsInfo": [
                {
                    "product": sku["id"],
                    "count": stock,
                    "price": "80.00",
                    "locations": [{"location": location["id"], "quantity": stock}],
                }
            ],
        },
    )
    return Trade(
        clerk=clerk,
        manager=manager,
        warehouse=warehouse,
        customer=Caller(shopper),
        machine=machine,
        partner=registered["partner"],
        sku=sku,
        depot=depot,
        rack=rack,
        owner=owner,
        store=store,
        location=location,
        connection=connection,
        stockin=stockin,
    )
