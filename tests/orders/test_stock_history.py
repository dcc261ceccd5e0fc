"""An order's page leads to everything it did to the stock."""

from collections.abc import Callable
from typing import Any

from tests.factories.orders import make_shop, pay


def test_an_order_leads_to_its_stock_history(staff: Callable[..., Any], client_for: Callable[..., Any]) -> None:
    order = make_shop(stock=10).place(2)
    pay(order)
    page, link = f"/admin/orders/order/{order.pk}/change/", f"/admin/inventory/ledgerentry/document/order/{order.sn}/"
    manager = client_for(staff("manager"))

    assert link in manager.get(page).content.decode()
    steps = manager.get(link).context["steps"]
    assert [[row["change"] for row in rows] for _step, rows in steps] == [["+2"], ["-2", "+2", "+2"]]
    assert link not in client_for(staff("store_member")).get(page).content.decode()
