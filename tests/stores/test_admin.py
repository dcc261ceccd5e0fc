"""Back-office pages: what they show, type in and refuse; actions do what the API does."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from inventory.models import PhysicalStock
from stores.choices import DocumentStatus, GoodsStatus
from stores.models import Goods, Member, StockIn, StockOut, Store, StoreShelf
from stores.services import add_member, submit_stockin
from tests.factories.stores import World, make_world, start_ids_at
from vmi.core.actors import system_actor, user_actor

Make = Callable[..., Any]

PAGES = ("store", "member", "goods", "stockin", "stockout")


def url(model: str, view: str = "changelist", pk: int | None = None) -> str:
    """The page of a model of this app."""
    return reverse(f"admin:stores_{model}_{view}", args=[] if pk is None else [pk])


def action_url(model: str, action: str, pk: int) -> str:
    """The page of a button."""
    return f"{url(model)}{pk}/{action}/"


@pytest.fixture
def manager(staff: Make) -> Any:
    return staff("manager")


@pytest.fixture
def browser(manager: Any, client_for: Make) -> Any:
    return client_for(manager)


def typed(world: World, *lines: dict[str, Any], initial: int = 0, **head: Any) -> dict[str, Any]:
    """A filled-in document form."""
    data: dict[str, Any] = {
        "type": "purchase",
        "warehouse": world.warehouse_id,
        "owner": world.owner_id,
        "store": world.store.pk,
        "source_sn": "",
        "description": "",
        "lines-TOTAL_FORMS": len(lines),
        "lines-INITIAL_FORMS": initial,
        **head,
    }
    for index, line in enumerate(lines):
        row = {"product": world.sku().pk, "count": 10, "price": "2.50", "batch": "", "places": "", **line}
        data |= {f"lines-{index}-{name}": value for name, value in row.items()}
    return data


@pytest.mark.parametrize("model", PAGES)
def test_lists_and_forms_open(world: World, browser: Any, model: str) -> None:
    world.goods()
    world.receive(world.line(5))
    world.stockout(world.line(1))
    add_member(store_id=world.store.pk, title="店长", name="Li", actor=system_actor())

    assert browser.get(url(model)).status_code == 200
    assert browser.get(url(model), {"q": "x"}).status_code == 200
    assert browser.get(url(model, "add")).status_code == 200
    pk = {
        "store": Store.objects.get().pk,
        "member": Member.objects.get().pk,
        "goods": Goods.objects.get().pk,
        "stockin": StockIn.objects.get().pk,
        "stockout": StockOut.objects.get().pk,
    }[model]
    assert browser.get(url(model, "change", pk)).status_code == 200


def test_document_is_typed_in_edited_and_shows_its_history(world: World, browser: Any, manager: Any) -> None:
    place = world.location_ids[1]
    from warehousing.models import Location

    code = Location.objects.get(pk=place).code
    answer = browser.post(url("stockin", "add"), typed(world, {"places": code}, {"count": 4, "price": "1.00"}))
    assert answer.status_code == 302, answer.context["errors"]

    document = StockIn.objects.get()
    assert (document.status_id, document.quantity, document.amount) == (200, 14, Decimal("29.00"))
    assert document.creater_id == manager.pk
    lines = list(document.lines.order_by("line_no"))
    assert [(row.count, [item.location_id for item in row.places.all()]) for row in lines] == [(10, [place]), (4, [])]

    rows: list[dict[str, Any]] = [{"id": lines[0].pk, "count": 7}, {"id": lines[1].pk, "DELETE": "on"}]
    edited = browser.post(url("stockin", "change", document.pk), typed(world, *rows, initial=2, description="changed"))
    assert edited.status_code == 302, edited.context["errors"]
    document.refresh_from_db()
    assert (document.quantity, document.description) == (7, "changed")

    browser.cookies["django_language"] = "en"
    page = browser.get(url("stockin", "change", document.pk)).content.decode()
    for word in ("History", "created", "edited"):
        assert word in page


@pytest.mark.parametrize(
    "line",
    [
        {"count": 0},
        {"count": -1},
        {"count": ""},
        {"price": "-1"},
        {"price": "x"},
        {"product": 999_999},
        {"places": "NOWHERE"},
        {"places": "A=1=2"},
        {"places": "A=x"},
    ],
)
def test_bad_lines_are_refused_on_the_form(world: World, browser: Any, line: dict[str, Any]) -> None:
    answer = browser.post(url("stockin", "add"), typed(world, line))

    assert answer.status_code == 200
    assert StockIn.objects.count() == 0


def test_refusal_of_the_service_is_shown_on_the_form(world: World, browser: Any) -> None:
    from warehousing.services import disable_owner

    disable_owner(owner_id=world.owner_id, actor=system_actor())

    answer = browser.post(url("stockin", "add"), typed(world, {}))

    assert answer.status_code == 200
    assert StockIn.objects.count() == 0


def test_closed_document_is_read_only(world: World, browser: Any) -> None:
    document = world.stockin(world.line(10))

    page = browser.get(url("stockin", "change", document.pk))
    written = browser.post(url("stockin", "change", document.pk), typed(world, {"count": 99}))

    assert 'name="lines-0-count"' not in page.content.decode()
    assert written.status_code == 403
    document.refresh_from_db()
    assert document.quantity == 10


def test_system_types_are_not_offered(world: World, browser: Any) -> None:
    assert "customer_return" not in browser.get(url("stockin", "add")).content.decode()
    answer = browser.post(url("stockin", "add"), typed(world, {}, type="customer_return"))
    assert (answer.status_code, StockIn.objects.count()) == (200, 0)


def test_buttons_ask_first_and_call_the_service(world: World, browser: Any) -> None:
    document = world.stockin(world.line(10))
    target = action_url("stockin", "approve", document.pk)

    asked = browser.get(target)
    assert asked.status_code == 200
    assert StockIn.objects.get().status_id == DocumentStatus.PENDING

    assert browser.post(target).status_code == 302
    assert StockIn.objects.get().status_id == DocumentStatus.DONE
    assert PhysicalStock.objects.get().quantity == 10


def test_own_document_is_not_approved_by_button(world: World, browser: Any, manager: Any) -> None:
    document = world.stockin(submitted=False, actor=user_actor(manager))
    submit_stockin(stockin_id=document.pk, actor=world.author)

    browser.post(action_url("stockin", "approve", document.pk))

    assert StockIn.objects.get().status_id == DocumentStatus.PENDING


def test_reject_asks_for_a_reason(world: World, browser: Any) -> None:
    document = world.stockin()
    target = action_url("stockin", "reject", document.pk)

    assert browser.post(target, {"reason": " "}).status_code == 200
    assert StockIn.objects.get().status_id == DocumentStatus.PENDING
    assert browser.post(target, {"reason": "wrong price"}).status_code == 302
    rejected = StockIn.objects.get()
    assert (rejected.status_id, rejected.reason) == (DocumentStatus.REJECTED, "wrong price")


def test_actions_of_the_list(world: World, browser: Any) -> None:
    first, second = world.stockin(world.line(1)), world.stockin(world.line(2))
    chosen = {"_selected_action": [first.pk, second.pk]}

    browser.post(url("stockin"), {"action": "approve", **chosen})
    assert set(StockIn.objects.values_list("status_id", flat=True)) == {DocumentStatus.DONE}

    third = world.stockin()
    asked = browser.post(url("stockin"), {"action": "reject", "_selected_action": [third.pk]})
    assert asked.status_code == 200
    assert 'name="reason"' in asked.content.decode()
    browser.post(url("stockin"), {"action": "reject", "_selected_action": [third.pk], "_answered": "1", "reason": "no"})
    third.refresh_from_db()
    assert (third.status_id, third.reason) == (DocumentStatus.REJECTED, "no")


def test_stockout_from_approval_to_confirmation(world: World, browser: Any) -> None:
    world.receive(world.line(10))
    document = world.stockout(world.line(4))

    browser.post(action_url("stockout", "approve", document.pk))
    assert StockOut.objects.get().status_id == DocumentStatus.IN_PROGRESS
    browser.post(action_url("stockout", "confirm", document.pk), {"company": "SF", "tracking_no": "1"})

    assert StockOut.objects.get().status_id == DocumentStatus.DONE
    assert PhysicalStock.objects.get().quantity == 6


@pytest.mark.parametrize(("role", "status"), [("clerk", 403), ("finance", 403), ("warehouse", 302)])
def test_buttons_need_the_permission(world: World, staff: Make, client_for: Make, role: str, status: int) -> None:
    document = world.stockin()

    answer = client_for(staff(role)).post(action_url("stockin", "approve", document.pk))

    assert answer.status_code == status
    approved = StockIn.objects.get().status_id == DocumentStatus.DONE
    assert approved is (status == 302)


def test_store_member_sees_their_store_only(world: World, staff: Make, client_for: Make) -> None:
    user = staff("store_member")
    add_member(store_id=world.store.pk, title="x", name="y", user_id=user.pk, actor=system_actor())
    other = make_world()
    mine, foreign = world.stockin(), other.stockin()
    page = client_for(user).get(url("stockin")).content.decode()

    assert mine.sn in page
    assert foreign.sn not in page
    assert client_for(user).get(url("stockin", "change", foreign.pk)).status_code == 302


@pytest.mark.parametrize("model", ["stockin", "stockout"])
def test_store_member_writes_for_their_store_only(world: World, staff: Make, client_for: Make, model: str) -> None:
    user, other = staff("store_member"), make_world()
    add_member(store_id=world.store.pk, title="x", name="y", user_id=user.pk, actor=system_actor())
    browser = client_for(user)
    kind: Any = {"stockin": StockIn, "stockout": StockOut}[model]
    form = typed(world, {}, type="scrap" if model == "stockout" else "purchase")

    for store in (other.store.pk, ""):
        refused = browser.post(url(model, "add"), {**form, "store": store})
        assert refused.status_code == 200
        assert "store" in refused.context["adminform"].form.errors
    assert not kind.objects.exists()
    assert browser.post(url(model, "add"), form).status_code == 302
    draft = kind.objects.get()
    pages = {"lines-INITIAL_FORMS": 1, "lines-0-id": draft.lines.get().pk, f"lines-0-{model}": draft.pk}
    browser.post(url(model, "change", draft.pk), {**form, **pages, "store": other.store.pk})
    assert kind.objects.get().store_id == world.store.pk


def test_store_member_lists_goods_in_their_store_only(world: World, staff: Make, client_for: Make) -> None:
    user, other = staff("store_member"), make_world()
    add_member(store_id=world.store.pk, title="x", name="y", user_id=user.pk, actor=system_actor())
    browser = client_for(user)
    texts = {"name": "帽子", "price": "9.90", "description": "", "parameter": "{}", "service_info": ""}
    form = {**texts, "product": world.sku().pk}

    refused = browser.post(url("goods", "add"), {**form, "store": other.store.pk})

    assert refused.status_code == 200
    assert "store" in refused.context["adminform"].form.errors
    assert not Goods.objects.exists()
    assert browser.post(url("goods", "add"), {**form, "store": world.store.pk}).status_code == 302
    assert Goods.objects.get().store_id == world.store.pk


def test_store_form_opens_changes_and_assigns(world: World, browser: Any) -> None:
    other = make_world(with_shelf=False)
    browser.post(
        url("store", "add"),
        {
            "new_code": "NIKE",
            "name": "Nike",
            "description": "",
            "order_hold_minutes": "20",
            "warehouse": world.warehouse_id,
            "owner": world.owner_id,
            "shelves": [other.shelf_id],
        },
    )
    store = Store.objects.get(code="NIKE")
    assert (store.order_hold_minutes, store.shelf_links.get().shelf_id) == (20, other.shelf_id)

    change = {"name": "Nike 2", "description": "", "order_hold_minutes": "", "shelves": [world.shelf_id]}
    refused = browser.post(url("store", "change", store.pk), change)
    assert refused.status_code == 200
    store.refresh_from_db()
    assert store.name == "Nike"
    assert StoreShelf.objects.get(shelf_id=world.shelf_id).store_id == world.store.pk

    browser.post(url("store", "change", store.pk), {**change, "shelves": []})
    store.refresh_from_db()
    assert (store.name, store.shelf_links.count()) == ("Nike 2", 0)


def test_goods_form_and_status(world: World, browser: Any) -> None:
    data = {"store": world.store.pk, "product": world.sku().pk, "name": "Phone", "price": "9.90"}
    texts = {"description": "", "parameter": "", "service_info": ""}
    assert browser.post(url("goods", "add"), {**data, **texts}).status_code == 302
    goods = Goods.objects.get()

    browser.post(url("goods", "change", goods.pk), {"name": "Phone 2", "price": "8.00", **texts})
    browser.post(action_url("goods", "take-off-sale", goods.pk))

    goods.refresh_from_db()
    assert (goods.name, goods.price, goods.status_id) == ("Phone 2", Decimal("8.00"), GoodsStatus.OFF_SALE)


def test_member_form(world: World, browser: Any, staff: Make) -> None:
    user = staff(None)
    data = {"store": world.store.pk, "title": "店长", "name": "Li", "user": user.pk}

    assert browser.post(url("member", "add"), data).status_code == 302
    member = Member.objects.get()
    browser.post(url("member", "change", member.pk), {"title": "店员", "name": "Li", "user": user.pk})

    member.refresh_from_db()
    assert (member.title, member.user_id) == ("店员", user.pk)


def test_export_escapes_formulas(world: World, browser: Any) -> None:
    document = world.stockin(world.line(3), submitted=False, description="=cmd|1")

    answer = browser.post(url("stockin"), {"action": "export_csv", "_selected_action": [document.pk]})

    text = answer.content.decode()
    assert answer["Content-Type"].startswith("text/csv")
    assert document.sn in text
    assert "'=cmd|1" in text


@pytest.mark.parametrize("model", ["stockin", "goods"])
def test_list_cost_does_not_grow(world: World, browser: Any, model: str) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(url(model)).status_code == 200
        return len(queries)

    world.goods()
    world.receive(world.line(1))
    cost()
    one = cost()
    for index in range(1, 4):
        world.goods(index)
        world.receive(world.line(1, index=index))
    assert cost() == one


def test_other_namespace_is_not_shown(world: World, browser: Any, in_beta: Make) -> None:
    start_ids_at(900_001, "stores_stockin")
    mine = world.stockin(world.line(3))
    with in_beta():
        start_ids_at(900_001, "stores_stockin")
        there = make_world(name="beta store")
        theirs = there.stockin(there.line(3), source_ref="ONLY-BETA")

    page = browser.get(url("stockin")).content.decode()
    form = browser.get(url("stockin", "change", mine.pk)).content.decode()

    assert theirs.pk == mine.pk
    assert "ONLY-BETA" not in page + form
    assert "beta store" not in page + form
