"""What every page of the back office has: a policy, readable numbers and dates, links between documents, a history."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.http import HttpRequest
from django.test import RequestFactory
from django.urls import reverse
from django.utils import translation

from tests.factories.orders import make_shop, pay
from vmi.core.admin import dashboard
from vmi.core.admin.dashboard import Card, Table, panels, register_cards, register_panel
from vmi.core.admin.sources import source_link, subject_link
from vmi.core.csp import policy_for
from vmi.core.money import shown


@pytest.fixture
def manager(client_for: Callable[..., Any], staff: Callable[..., Any]) -> Any:
    return client_for(staff("manager"))


@pytest.mark.parametrize(
    ("path", "eval_allowed", "inline_allowed"),
    [("/admin/login/", True, False), ("/api/docs/", False, True), ("/pay/x/", False, False)],
)
def test_a_page_may_load_from_this_server_only(path: str, eval_allowed: bool, inline_allowed: bool) -> None:
    scripts = policy_for(path).rpartition("script-src ")[2]

    assert "http" not in policy_for(path)
    assert ("'unsafe-eval'" in scripts) is eval_allowed
    assert ("'unsafe-inline'" in scripts) is inline_allowed


def test_pages_carry_the_policy_and_data_does_not(manager: Any) -> None:
    assert manager.get("/admin/").headers["Content-Security-Policy"] == policy_for("/admin/")
    assert "Content-Security-Policy" not in manager.get("/api/v1/vmi/partner/").headers


def test_the_first_page_follows_a_sign_in_without_a_target(client_for: Callable[..., Any], staff: Any) -> None:
    staff("clerk", username="anna")
    form = {"username": "anna", "password": "correct horse battery"}

    assert client_for().post("/admin/login/", form).headers["Location"] == "/admin/"


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_amounts_and_dates_are_written_alike_in_both_languages(manager: Any, language: str) -> None:
    pay(make_shop(price="12345.60", stock=5).place(1))
    manager.cookies["django_language"] = language

    page = manager.get("/admin/orders/order/").content.decode()

    assert "12,345.60" in page


def test_money_carries_its_currency() -> None:
    with translation.override("zh-hans"):
        assert shown(Decimal("1234567.5"), "CNY") == "¥1,234,567.50"
        assert shown(Decimal(-3), "GBP") == "-£3.00"
        assert shown(Decimal(3), "CHF") == "CHF 3.00"


def test_ids_stay_plain_in_addresses(manager: Any) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT setval(pg_get_serial_sequence('orders_order', 'id'), 1234567)")
    order = make_shop().place(1)

    page = manager.get("/admin/orders/order/").content.decode()

    assert f"/admin/orders/order/{order.pk}/change/" in page
    assert f'value="{order.pk}"' in page
    assert manager.get(f"/admin/orders/order/{order.pk}/change/").status_code == 200


def test_a_number_leads_to_its_document(manager: Any) -> None:
    order = make_shop().place(1)
    link = reverse("admin:source", args=["order", order.sn])

    assert link in source_link("order", order.sn)
    assert manager.get(link).headers["Location"] == reverse("admin:orders_order_change", args=[order.pk])
    by_id = reverse("admin:source", args=["orders.order", order.pk])
    assert manager.get(by_id).headers["Location"] == reverse("admin:orders_order_change", args=[order.pk])


@pytest.mark.parametrize("address", ["order/ORD-0", "nonsense/1", "orders.order/x", "partner/%00"])
def test_a_number_without_a_document_leads_back_with_a_word(manager: Any, address: str) -> None:
    response = manager.get(f"/admin/go/{address}/")

    assert response.status_code in (302, 404)
    if response.status_code == 302:
        assert response.headers["Location"] == "/admin/"


def test_a_document_that_may_not_be_seen_is_not_shown(client_for: Callable[..., Any], staff: Any) -> None:
    order = make_shop().place(1)
    link = reverse("admin:source", args=["order", order.sn])

    assert client_for(staff("store_member")).get(link).headers["Location"] == "/admin/"


def test_subjects_without_a_page_stay_text() -> None:
    assert subject_link("stock:SKU-1") == "stock:SKU-1"
    assert source_link("", "") == "–"


def test_the_history_of_an_object_is_what_the_log_says(manager: Any) -> None:
    order = make_shop().place(1)
    pay(order)

    page = manager.get(f"/admin/orders/order/{order.pk}/history/").content.decode()

    assert "cashier" in page
    assert manager.get("/admin/orders/order/999999999/history/").status_code == 404


@pytest.fixture
def empty_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dashboard, "_panels", {})
    monkeypatch.setattr(dashboard, "_cards", {})


def test_panels_stand_in_order_and_silent_ones_are_left_out(empty_registry: None) -> None:
    def table(title: str) -> Callable[[HttpRequest], Table | None]:
        return lambda request: Table(title, (), (), "") if title != "silent" else None

    register_panel("b", table("second"), order=20)
    register_panel("a", table("silent"), order=1)
    register_panel("c", table("last"), order=95)
    register_cards("orders", lambda request: [Card("one", 1)])
    register_cards("orders", lambda request: [Card("two", 2)])
    register_cards("system", lambda request: [])
    register_cards("platform", lambda request: [Card("elsewhere", 0)], site="platform")

    found = panels(RequestFactory().get("/admin/"), "namespace")

    assert [str(panel.title) for panel in found][1:] == ["second", "last"]
    assert [card.title for card in getattr(found[0], "cards", ())] == ["one", "two"]


def test_a_filter_no_text_can_match_leads_back_to_the_list(manager: Any) -> None:
    for path in ("/admin/inventory/channel/", "/admin/catalog/product/"):
        answer = manager.get(f"{path}?name=%00")
        assert (answer.status_code, answer["Location"]) == (302, f"{path}?e=1")
