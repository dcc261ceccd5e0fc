"""Quotas in the back office: asked by a form, shown before and after, then confirmed."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from inventory.choices import DisplayRule, Purpose, WarehouseChoice
from inventory.models import AllocationPool, AssignmentRule, Channel, ChannelShare, ChannelSource, StockCommand
from inventory.selectors.sellers import sellers_of
from inventory.services.reconcile import prove_stock
from tests.factories.inventory import Stock, make_stock
from tests.factories.quota import bucket, move, open_share, quotas

N, FLASH = Purpose.NORMAL, Purpose.FLASH_SALE


@pytest.fixture
def manager(staff: Callable[..., Any], client_for: Callable[..., Client]) -> Client:
    """A signed-in manager."""
    return client_for(staff("manager"))


def _bucket_path(stock: Stock, action: str) -> str:
    return f"/admin/inventory/channelstock/{stock.bucket.pk}/{action}/"


def _confirm(client: Client, path: str, form: dict[str, Any]) -> Any:
    """Fill the form, look at the preview, confirm it."""
    preview = client.post(path, form)
    assert preview.status_code == 200, preview.headers
    answer = client.post(path, {**form, "_confirmed": "1"})
    assert answer.status_code == 302
    return preview


def test_a_move_shows_before_and_after_and_waits_for_the_confirmation(manager: Client) -> None:
    stock = make_stock(100)
    form = {"units": "40", "purpose": "2", "channel": str(stock.channel_id), "reason": "Double 11"}

    preview = manager.post(_bucket_path(stock, "move-units"), form)

    assert quotas(stock) == {(N, None): 100}
    assert [
        (row["effect"].purpose, row["effect"].quota_before, row["effect"].quota_after)
        for row in preview.context["buckets"]
    ] == [(1, 100, 60), (2, 0, 40)]
    assert [(row.before.sellable, row.after.sellable) for row in preview.context["channels"]] == [(100, 100)]
    _confirm(manager, _bucket_path(stock, "move-units"), form)
    assert quotas(stock) == {(N, None): 60, (FLASH, stock.channel_id): 40}
    assert StockCommand.objects.get(command=16, source_type="quota").reason == "Double 11"
    assert prove_stock() == []


def test_the_preview_warns_of_units_that_no_channel_would_sell(manager: Client) -> None:
    stock = make_stock(100)
    form = {"units": "40", "purpose": "2"}

    preview = manager.post(_bucket_path(stock, "move-units"), form)
    assert [(row["effect"].purpose, row["unsold"]) for row in preview.context["buckets"]] == [(N, False), (FLASH, True)]

    _confirm(manager, _bucket_path(stock, "move-units"), form)
    open_share(stock, FLASH, stock.channel_id)
    preview = manager.post(_bucket_path(stock, "move-units"), form)
    assert [row["unsold"] for row in preview.context["buckets"]] == [False, False]
    own = manager.post(_bucket_path(stock, "move-units"), {**form, "channel": str(stock.channel_id)})
    assert [row["unsold"] for row in own.context["buckets"]] == [False, False]


def test_a_refused_move_says_why_and_changes_nothing(manager: Client) -> None:
    stock = make_stock(100)

    answer = manager.post(_bucket_path(stock, "move-units"), {"units": "101", "purpose": "2", "reason": "Double 11"})

    form = answer.context["form"]
    assert list(form.errors) == ["units"]
    assert stock.sku in form.errors["units"][0]
    assert (form["units"].value(), form["purpose"].value(), form["reason"].value()) == ("101", "2", "Double 11")
    assert quotas(stock) == {(N, None): 100}


def test_a_move_that_sells_out_while_it_is_looked_at_asks_again(manager: Client) -> None:
    stock = make_stock(100)
    form = {"units": "60", "purpose": "2", "reason": "Double 11"}
    assert manager.post(_bucket_path(stock, "move-units"), form).context["confirmed"] == "_confirmed"
    move(stock, 70, Purpose.KEY_ACCOUNT)

    answer = manager.post(_bucket_path(stock, "move-units"), {**form, "_confirmed": "1"})

    page = answer.content.decode()
    assert 'name="_confirmed"' not in page
    assert 'value="60"' in page
    assert 'value="Double 11"' in page
    assert list(answer.context["form"].errors) == ["units"]
    assert quotas(stock) == {(N, None): 30, (Purpose.KEY_ACCOUNT, None): 70}
    assert prove_stock() == []


def test_a_grant_from_the_logical_row(manager: Client) -> None:
    stock = make_stock(100)
    path = f"/admin/inventory/logicalstock/{stock.logical.pk}/grant-quota/"

    _confirm(manager, path, {"units": "25", "purpose": "4", "source": "shared"})
    _confirm(manager, path, {"percent": "20", "purpose": "1", "channel": str(stock.channel_id), "source": "free"})

    assert quotas(stock) == {(N, None): 60, (N, stock.channel_id): 15, (Purpose.KEY_ACCOUNT, None): 25}
    assert prove_stock() == []


def test_a_return_of_all_that_is_not_sold(manager: Client) -> None:
    stock = make_stock(100)
    move(stock, 30, FLASH, stock.channel_id)
    own = bucket(stock, stock.channel_id, FLASH)

    _confirm(manager, f"/admin/inventory/channelstock/{own.pk}/return-units/", {"units": ""})

    assert quotas(stock) == {(N, None): 100}


def test_rules_are_set_by_forms(manager: Client) -> None:
    stock = make_stock(100)

    manager.post(_bucket_path(stock, "oversell-rule"), {"enabled": "on", "percent": "10", "minutes": "5"})
    manager.post(_bucket_path(stock, "display-rule-action"), {"rule": "4", "units": "10"})
    manager.post(_bucket_path(stock, "share"), {"channel": str(stock.channel_id), "cap_percent": "30"})

    found = stock.bucket
    assert (found.oversell_limit_qty, found.oversell_minutes) == (10, 5)
    assert (found.display_rule, found.display_units) == (DisplayRule.MINIMUM, 10)
    assert ChannelShare.objects.get().cap_qty == 30
    manager.post(_bucket_path(stock, "end-share"), {"channel": str(stock.channel_id)})
    assert not ChannelShare.objects.exists()


def test_a_window_and_a_priority(manager: Client) -> None:
    stock = make_stock(100)
    move(stock, 30, FLASH, stock.channel_id)
    own = bucket(stock, stock.channel_id, FLASH)

    manager.post(
        f"/admin/inventory/channelstock/{own.pk}/window/",
        {"effective_to_0": "2026-12-31", "effective_to_1": "23:59:59"},
    )
    manager.post(f"/admin/inventory/allocationpool/{own.pool_id}/set-pool-priority/", {"priority": "7"})

    own.refresh_from_db()
    assert own.effective_to is not None
    assert (own.effective_to.isoformat(), own.may_borrow) == ("2026-12-31T15:59:59+00:00", False)
    assert AllocationPool.objects.get(pk=own.pool_id).priority == 7


def test_a_channel_keeps_its_display_rule_and_warehouse_choice(manager: Client) -> None:
    stock = make_stock(1)
    path = f"/admin/inventory/channel/{stock.channel_id}/change/"
    page = manager.get(path)
    form = {name: value for name, value in page.context["adminform"].form.initial.items() if value is not None}
    formset = page.context["inline_admin_formsets"][0].formset
    source_form = formset.forms[0].initial
    inline = {f"{formset.prefix}-{name}": value for name, value in formset.management_form.initial.items()}
    inline |= {f"{formset.prefix}-0-{name}": value for name, value in source_form.items()}
    inline |= {
        f"{formset.prefix}-0-channel": stock.channel_id,
        f"{formset.prefix}-0-id": formset.forms[0].instance.pk,
    }

    answer = manager.post(path, {**form, **inline, "display_rule": "2", "display_units": "20", "warehouse_choice": "2"})

    assert answer.status_code == 302, answer.context["errors"]
    found = Channel.objects.get(pk=stock.channel_id)
    assert (found.display_rule, found.display_units) == (DisplayRule.CAPPED, 20)
    assert found.warehouse_choice == WarehouseChoice.MOST_STOCK


def test_a_rule_of_receipts_is_added_by_hand(manager: Client) -> None:
    stock = make_stock(1)

    answer = manager.post(
        "/admin/inventory/assignmentrule/add/",
        {"logical": stock.logical.pk, "channel": stock.channel_id, "purpose": "1", "percent": "30"},
    )

    assert answer.status_code == 302
    assert AssignmentRule.objects.get().percent == 30
    assert manager.get("/admin/inventory/assignmentrule/").status_code == 200


def test_a_clerk_sees_no_actions(staff: Callable[..., Any], client_for: Callable[..., Client]) -> None:
    stock = make_stock(100)
    clerk = client_for(staff("clerk"))

    assert clerk.get(f"/admin/inventory/channelstock/{stock.bucket.pk}/change/").status_code == 200
    assert clerk.post(_bucket_path(stock, "move-units"), {"units": "1", "purpose": "2"}).status_code == 403
    assert clerk.post(_bucket_path(stock, "oversell-rule"), {"enabled": "on", "units": "1"}).status_code == 403


def test_a_buckets_page_tells_who_sells_it_and_where_more_could_come_from(manager: Client) -> None:
    here, there = make_stock(10), make_stock(7)
    there.receive(4, sku_id=here.sku_id, owner_id=here.owner_id)

    page = manager.get(f"/admin/inventory/channelstock/{here.bucket.pk}/change/").content.decode()

    assert f'href="/admin/inventory/channel/{here.channel_id}/change/"' in page
    assert f"type=transfer&amp;warehouse={there.warehouse_id}&amp;owner={here.owner_id}" in page


def _fields(client: Client, bucket_id: int) -> str:
    context = client.get(f"/admin/inventory/channelstock/{bucket_id}/change/").context
    return str([part.fields for part in context["adminform"]])


def test_only_a_channels_own_bucket_shows_a_window(manager: Client) -> None:
    stock = make_stock(10)
    move(stock, 3, N, stock.channel_id)

    assert "effective_from" not in _fields(manager, stock.bucket.pk)
    assert "effective_from" in _fields(manager, bucket(stock, stock.channel_id).pk)


def test_a_bucket_nobody_sells_says_so(manager: Client) -> None:
    stock = make_stock(10)
    ChannelSource.objects.filter(channel_id=stock.channel_id).delete()

    assert sellers_of(stock.bucket.pk) == []
    page = manager.get(f"/admin/inventory/channelstock/{stock.bucket.pk}/change/")
    assert page.status_code == 200


def test_a_pool_shows_what_is_not_promised(manager: Client) -> None:
    stock = make_stock(100)
    stock.reserve(35)

    rows = manager.get(f"/admin/inventory/allocationpool/?q={stock.sku}").context["cl"].result_list

    assert {row.purpose: row.open_qty for row in rows} == {N: 65, Purpose.INTERNAL: 0}
