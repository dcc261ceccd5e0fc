"""The catalogue pages of the back office."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from catalog.choices import ProductStatus
from catalog.models import Brand, Category, Product, ProductInfo
from tests.factories.catalog import make_brand, make_category, make_product, make_sku, sku_input
from tests.support.sql import statements
from vmi.events.models import Event

LIST = "/admin/catalog/product/"
SKUS = "/admin/catalog/productinfo/"


@pytest.fixture
def browser(staff: Callable[..., Any], client_for: Callable[..., Any]) -> Any:
    return client_for(staff("manager"))


def form(*skus: dict[str, Any], initial: int = 0, **fields: Any) -> dict[str, Any]:
    """What the product page posts; each SKU is a row of the inline."""
    body: dict[str, Any] = {
        "name": "Mug", "category": "", "brand": "", "unit": "", "weight": "", "expire": "", "description": "",
        "image": "", "tags": "", "skus-TOTAL_FORMS": len(skus), "skus-INITIAL_FORMS": initial,
    }  # fmt: skip
    for index, sku in enumerate(skus):
        row = {"name": "", "list_price": "", "barcode": "", "spec": "", "image": ""} | sku
        body |= {f"skus-{index}-{name}": value for name, value in row.items()}
    return body | fields


def test_all_pages_open(browser: Any) -> None:
    sku = make_sku(spec={"colour": "red"}, images=["/media/1.png"])
    category, brand = make_category(), make_brand()
    pages = (
        LIST, f"{LIST}add/", f"{LIST}{sku.product_id}/change/", f"{LIST}?q={sku.sku}&status=301",
        SKUS, f"{SKUS}add/", f"{SKUS}{sku.pk}/change/", f"{SKUS}?q={sku.sku}",
        "/admin/catalog/category/", "/admin/catalog/category/add/", f"/admin/catalog/category/{category.pk}/change/",
        "/admin/catalog/brand/", "/admin/catalog/brand/add/", f"/admin/catalog/brand/{brand.pk}/change/",
    )  # fmt: skip

    for page in pages:
        assert browser.get(page).status_code == 200, page


def test_a_product_is_created_with_skus_in_the_inline(browser: Any) -> None:
    body = form(
        {"sku": "MUG-1", "list_price": "9.90", "spec": "colour: red\nsize: L", "image": "/media/1.png"},
        {"sku": "MUG-2", "name": "Blue mug"},
        tags="kitchen\n\ngift",
        expire="30",
    )

    answer = browser.post(f"{LIST}add/", body)

    assert answer.status_code == 302, answer.context["errors"]
    product = Product.objects.get()
    assert (product.tags, product.expire, product.status_id) == (["kitchen", "gift"], 30, ProductStatus.DRAFT)
    assert [(sku.sku, sku.name, sku.list_price, sku.spec, sku.image) for sku in product.skus.all()] == [
        ("MUG-1", "Mug", Decimal("9.90"), {"colour": "red", "size": "L"}, ["/media/1.png"]),
        ("MUG-2", "Blue mug", None, {}, []),
    ]


def test_a_product_and_its_skus_are_changed_through_the_commands(browser: Any) -> None:
    product = make_product(name="Mug", skus=[sku_input(sku="MUG-1")])
    sku = product.skus.get()
    before = Event.objects.count()

    body = form(
        {"id": sku.pk, "product": product.pk, "sku": "MUG-1", "name": sku.name, "list_price": "12.00"},
        {"product": product.pk, "sku": "MUG-2"},
        initial=1,
        name="Mug 2",
    )
    answer = browser.post(f"{LIST}{product.pk}/change/", body)

    assert answer.status_code == 302, answer.context["errors"]
    product.refresh_from_db()
    sku.refresh_from_db()
    assert (product.name, sku.list_price) == ("Mug 2", Decimal("12.00"))
    assert list(product.skus.values_list("sku", flat=True)) == ["MUG-1", "MUG-2"]
    changes = [event.payload["changes"] for event in Event.objects.order_by("id")[before:]]
    assert changes[:2] == [{"name": ["Mug", "Mug 2"]}, {"list_price": ["10.00", "12.00"]}]


def test_refusals_stay_on_the_form_and_write_nothing(browser: Any) -> None:
    make_sku(sku="TAKEN")

    refused = ({"sku": "taken"}, {"sku": "红色"}, {"sku": "x", "spec": "no colon"}, {"sku": "x", "list_price": "-1"})
    for sku in refused:
        assert browser.post(f"{LIST}add/", form(sku)).status_code == 200, sku
    assert browser.post(f"{LIST}add/", form(image="javascript:alert(1)")).status_code == 200
    assert Product.objects.count() == ProductInfo.objects.count() == 1


def test_a_sku_code_is_fixed(browser: Any) -> None:
    sku = make_sku(sku="MUG-1")
    body = {"sku": "OTHER", "name": "Neu", "list_price": "1.00"} | dict.fromkeys(
        ("barcode", "spec", "description", "image"), ""
    )

    assert browser.post(f"{SKUS}{sku.pk}/change/", body).status_code == 302

    sku.refresh_from_db()
    assert (sku.sku, sku.name) == ("MUG-1", "Neu")


def test_actions_put_on_and_off_the_shelf(browser: Any) -> None:
    good, empty = make_product(), make_product(skus=[])

    answer = browser.post(LIST, {"action": "publish", "_selected_action": [good.pk, empty.pk]}, follow=True)
    good.refresh_from_db()
    empty.refresh_from_db()
    assert (good.status_id, empty.status_id) == (ProductStatus.ON_SHELF, ProductStatus.DRAFT)
    assert len([message for message in answer.context["messages"] if message.level_tag == "error"]) == 1
    browser.post(f"{LIST}{good.pk}/withdraw/")
    good.refresh_from_db()
    assert good.status_id == ProductStatus.OFF_SHELF


def test_exports(browser: Any) -> None:
    sku = make_sku(sku="+A1")

    products = browser.post(LIST, {"action": "export_csv", "_selected_action": [sku.product_id]})
    skus = browser.post(SKUS, {"action": "export_csv", "_selected_action": [sku.pk]})

    assert sku.product.name in products.content.decode("utf-8-sig")
    assert "'+A1" in skus.content.decode("utf-8-sig")


def test_the_tree_is_kept_by_the_commands(browser: Any) -> None:
    root = make_category(name="root")
    child = make_category(name="child", parent_id=root.pk)
    page = f"/admin/catalog/category/{root.pk}/change/"

    assert browser.post(page, {"name": "root", "parent": child.pk, "sort": 0, "icon": ""}).status_code == 200
    body = {"name": "leaf", "parent": child.pk, "sort": 1, "visible": "on", "icon": ""}
    assert browser.post("/admin/catalog/category/add/", body).status_code == 302
    assert Category.objects.get(name="leaf").level == 3
    brand = {"name": "Apple", "logo": "", "sort": 0, "visible": "on", "description": ""}
    assert browser.post("/admin/catalog/brand/add/", brand).status_code == 302
    assert browser.post("/admin/catalog/brand/add/", brand).status_code == 200
    assert Brand.objects.count() == 1


def test_lists_cost_the_same_for_any_number(browser: Any) -> None:
    pages = (LIST, SKUS, "/admin/catalog/category/", "/admin/catalog/brand/")
    make_product(category_id=make_category().pk, brand_id=make_brand().pk)
    costs: dict[str, list[int]] = {page: [] for page in pages}
    for page in pages:
        browser.get(page)

    for _round in range(2):
        for page in pages:
            with statements() as sent:
                browser.get(page)
            costs[page].append(len(sent))
        for _n in range(6):
            make_product(category_id=make_category().pk, brand_id=make_brand().pk)

    assert all(few == many for few, many in costs.values()), costs
