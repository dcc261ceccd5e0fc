"""Actions of the back office while others are in the way: repeated, and at last a sentence instead of an error."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction
from django.urls import reverse

from orders.admin import orders as admin
from orders.choices import OrderFulfilment
from tests.factories.orders import again, make_shop, pay
from tests.support.clients import host_of
from tests.support.populated import make_user

BUSY = "系统繁忙，请稍后重试。"


@pytest.fixture
def victims(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The calls of the service behind "notify the warehouse"; as many as ``victims[0]`` fall victim to a deadlock."""
    calls, release = [0], admin.release_to_warehouse

    def victim(**arguments: Any) -> Any:
        calls.append(arguments["order_id"])
        with transaction.atomic():
            result = release(**arguments)
            if len(calls) - 1 <= calls[0]:
                with connection.cursor() as cursor:
                    cursor.execute("DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '40P01'; END $$")
        return result

    monkeypatch.setattr(admin, "release_to_warehouse", victim)
    return calls


@pytest.mark.parametrize(("deadlocks", "calls", "fulfilment"), [(2, 3, "NOTICED"), (3, 3, "UNFULFILLED")])
def test_an_action_is_repeated_three_times_and_then_says_so(
    committed_namespace: Any,
    client_for: Callable[..., Any],
    victims: list[int],
    deadlocks: int,
    calls: int,
    fulfilment: str,
) -> None:
    victims[0] = deadlocks
    order = make_shop(stock=10).place(2)
    pay(order)
    manager = client_for(make_user("manager", "manager", "M"), host=host_of(committed_namespace))

    page = manager.post(reverse("admin:orders_order_release", args=[order.pk]), follow=True)

    assert victims[1:] == [order.pk] * calls
    assert (page.status_code, BUSY in page.content.decode()) == (200, fulfilment == "UNFULFILLED")
    assert again(order).fulfilment_status_id == OrderFulfilment[fulfilment]
