"""Staff of single stores edit and cancel their own stock documents until they are approved (C-54)."""

from collections.abc import Callable
from typing import Any

import pytest

from stores.choices import DocumentStatus
from stores.models import StockIn, StockOut
from stores.services import add_member, submit_stockin
from tests.factories.stores import World, make_world, person
from vmi.core.actors import system_actor

Api = Callable[..., Any]
IN, OUT = "/api/v1/vmi/store/stockin/", "/api/v1/vmi/store/stockout/"


@pytest.fixture
def world() -> World:
    return make_world()


@pytest.fixture
def user(world: World, staff: Api) -> Any:
    found = staff("store_member")
    add_member(store_id=world.store.pk, title="clerk", name="Li", user_id=found.pk, actor=system_actor())
    return found


def _cancel(client: Any, url: str) -> tuple[int, str | None]:
    answer = client.post(f"{url}cancel/", {}, format="json")
    return answer.status_code, answer.json().get("error", {}).get("code")


def test_own_drafts_may_be_edited_and_cancelled(world: World, user: Any, api_for: Api) -> None:
    client, me = api_for(user), person(user.pk)
    draft = world.stockin(submitted=False, actor=me)
    out = world.stockout(submitted=False, actor=me, type="scrap")

    edited = client.patch(f"{IN}{draft.pk}/", {"description": "two boxes"}, format="json")
    assert (edited.status_code, edited.json()["description"]) == (200, "two boxes")
    assert _cancel(client, f"{IN}{draft.pk}/") == (200, None)
    assert _cancel(client, f"{OUT}{out.pk}/") == (200, None)
    assert StockIn.objects.get().status_id == StockOut.objects.get().status_id == DocumentStatus.CANCELLED


def test_what_waits_for_review_may_be_withdrawn_but_not_edited(world: World, user: Any, api_for: Api) -> None:
    client, me = api_for(user), person(user.pk)
    waiting = world.stockin(submitted=False, actor=me)
    submit_stockin(stockin_id=waiting.pk, actor=me)

    assert client.patch(f"{IN}{waiting.pk}/", {"description": "x"}, format="json").status_code == 409
    assert _cancel(client, f"{IN}{waiting.pk}/") == (200, None)


def test_documents_of_colleagues_and_approved_ones_stay(world: World, user: Any, api_for: Api) -> None:
    client = api_for(user)
    theirs, done = world.stockin(submitted=False), world.receive(actor=person(user.pk))
    before = list(StockIn.objects.order_by("pk").values("status_id", "description", "modify_time"))

    for document in (theirs, done):
        answer = client.patch(f"{IN}{document.pk}/", {"description": "x"}, format="json")
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "not_your_document")
        assert _cancel(client, f"{IN}{document.pk}/") == (403, "not_your_document")
    assert list(StockIn.objects.order_by("pk").values("status_id", "description", "modify_time")) == before


def test_the_back_office_offers_the_same(world: World, user: Any, client_for: Api) -> None:
    browser, me = client_for(user), person(user.pk)
    mine, theirs = world.stockin(submitted=False, actor=me), world.stockin(submitted=False)

    for document, editable in ((mine, True), (theirs, False)):
        page = browser.get(f"/admin/stores/stockin/{document.pk}/change/")
        assert page.status_code == 200
        assert (b'name="description"' in page.content) is editable
    url = "/admin/stores/stockin/"
    for document in (mine, theirs):
        browser.post(url, {"action": "cancel", "_selected_action": [document.pk], "_answered": "1", "reason": ""})
    assert [row.status_id for row in (StockIn.objects.get(pk=mine.pk), StockIn.objects.get(pk=theirs.pk))] == [
        DocumentStatus.CANCELLED,
        DocumentStatus.DRAFT,
    ]


def test_goods_come_from_quotas_of_ones_own_stores_only(world: World, user: Any, api_for: Api) -> None:
    client, other = api_for(user), make_world()
    line = {"product": world.sku().pk, "count": 1, "price": "1.00"}
    body = {"warehouse": world.warehouse_id, "owner": world.owner_id, "store": world.store.pk, "goodsInfo": [line]}

    def made(channel: int, key: str) -> Any:
        asked = {**body, "type": "scrap", "quotaChannel": channel}
        return client.post(OUT, asked, format="json", HTTP_IDEMPOTENCY_KEY=key)

    foreign = made(other.store.channel_id, "foreign")
    assert (foreign.status_code, foreign.json()["error"]["param"]) == (400, "quotaChannel")
    assert not StockOut.objects.exists()
    mine = made(world.store.channel_id, "mine")
    assert mine.status_code == 201, mine.json()
    changed = client.patch(f"{OUT}{mine.json()['id']}/", {"quotaChannel": other.store.channel_id}, format="json")
    assert changed.status_code == 400
    assert StockOut.objects.get().quota_channel_id == world.store.channel_id
