"""The catalogue resources over HTTP."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest

from catalog.models import Category, Product, ProductInfo
from tests.factories.catalog import make_brand, make_category, make_product, make_sku
from tests.factories.partners import make_partner
from tests.support.sql import align_ids, statements

URL = "/api/v1/vmi/product/"
SKUS = "/api/v1/vmi/product/productInfo/"
CATEGORIES = "/api/v1/catalog/categories/"
BRANDS = "/api/v1/catalog/brands/"
LISTS = (URL, SKUS, CATEGORIES, BRANDS)


def error(response: Any) -> tuple[int, str, str | None]:
    body = response.json()["error"]
    return response.status_code, body["code"], body["param"]


@pytest.fixture
def api(staff: Callable[..., Any], api_for: Callable[..., Any]) -> Any:
    return api_for(staff("manager"))


@pytest.fixture
def customer_api(staff: Callable[..., Any], api_for: Callable[..., Any]) -> Any:
    user = staff("customer")
    make_partner(user_id=user.pk)
    return api_for(user)


def test_a_product_is_created_with_its_skus(frozen_clock: Any, api: Any) -> None:
    category, brand = make_category(), make_brand()

    response = api.post(
        URL,
        {
            "name": "iPhone 15", "image": ["/media/1.png"], "expire": 365, "tags": ["手机"], "category": category.pk,
            "brand": brand.pk, "unit": "台", "weight": "0.171",
            "skus": [
                {"sku": "IP15-128", "listPrice": "5999.00", "spec": {"内存": "128G"}},
                {"sku": "IP15-256", "listPrice": 6999, "name": "iPhone 15 256G"},
            ],
        },
    )  # fmt: skip

    assert response.status_code == 201, response.json()
    body = response.json()
    one, two = ProductInfo.objects.order_by("pk")
    assert body["skus"] == [
        {"id": one.pk, "sku": "IP15-128", "name": "iPhone 15", "spec": {"内存": "128G"}, "description": None,
         "image": [], "listPrice": "5999.00", "barcode": None},
        {"id": two.pk, "sku": "IP15-256", "name": "iPhone 15 256G", "spec": {}, "description": None, "image": [],
         "listPrice": "6999.00", "barcode": None},
    ]  # fmt: skip
    assert (body["priceMin"], body["priceMax"], body["status"]) == ("5999.00", "6999.00", 300)
    assert (body["expire"], body["weight"], body["description"]) == (365, "0.171", None)
    assert (body["namespace"], body["createTime"]) == ("alpha", 1795320000000)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, (400, "required", "name")),
        ({"name": "x", "price": "1"}, (400, "unknown_field", "price")),
        ({"name": "x", "status": 301}, (400, "unknown_field", "status")),
        ({"name": "x", "expire": 1.5}, (400, "invalid_integer", "expire")),
        ({"name": "x", "expire": True}, (400, "invalid_integer", "expire")),
        ({"name": "x", "expire": -1}, (400, "invalid_product", "expire")),
        ({"name": "x", "expire": 2**63}, (400, "max_value", "expire")),
        ({"name": "x", "image": "a"}, (400, "not_a_list", "image")),
        ({"name": "x", "image": ["javascript:alert(1)"]}, (400, "invalid_product", "image[0]")),
        ({"name": "x", "tags": [7]}, (400, "invalid_string", "tags[0]")),
        ({"name": "x", "weight": 0.5}, (400, "invalid_money", "weight")),
        ({"name": "x", "category": 987654}, (400, "does_not_exist", "category")),
        ({"name": "x", "skus": [{"sku": "a", "listPrice": 0.1}]}, (400, "invalid_money", "skus[0].listPrice")),
        ({"name": "x", "skus": [{"sku": "a", "listPrice": "-1"}]}, (400, "min_value", "skus[0].listPrice")),
        ({"name": "x", "skus": [{"sku": "a", "listPrice": "1.001"}]}, (400, "max_decimal_places", "skus[0].listPrice")),
        ({"name": "x", "skus": [{"sku": "a", "stock": 1}]}, (400, "unknown_field", "skus[0].stock")),
        ({"name": "x", "skus": [{"sku": "a", "spec": {"k": 1}}]}, (400, "invalid_string", "skus[0].spec.k")),
        ({"name": "x", "skus": [{"sku": "红"}]}, (400, "invalid_product", "skus[0].sku")),
        ({"name": "x", "skus": [{"sku": "a"}, {"sku": "A"}]}, (409, "sku_taken", "skus[1].sku")),
    ],
)
def test_bad_bodies_are_refused_by_field(api: Any, body: dict[str, Any], expected: tuple[int, str, str]) -> None:
    assert error(api.post(URL, body)) == expected
    assert not Product.objects.exists()
    assert not ProductInfo.objects.exists()


def test_a_product_is_changed_and_published(api: Any) -> None:
    product = make_product(name="old")
    one = f"{URL}{product.pk}/"

    assert api.patch(one, {"name": "new", "expire": None}).json()["name"] == "new"
    assert error(api.patch(one, {"skus": []})) == (400, "unknown_field", "skus")
    assert error(api.post(f"{one}withdraw/"))[:2] == (409, "invalid_transition")
    assert api.post(f"{one}publish/").json()["status"] == 301
    assert api.post(f"{one}publish/").json()["status"] == 301
    assert api.post(f"{one}withdraw/").json()["status"] == 302
    assert error(api.post(f"{URL}{make_product(skus=[]).pk}/publish/"))[:2] == (409, "product_without_sku")
    assert api.post(f"{URL}987654/publish/").status_code == 404


def test_skus_have_their_own_path(api: Any) -> None:
    product = make_product(name="Mug", skus=[])

    created = api.post(SKUS, {"sku": "MUG-1", "product": product.pk, "listPrice": "9.90"})
    assert (created.status_code, created.json()["name"], created.json()["product"]) == (201, "Mug", product.pk)
    one = f"{SKUS}{created.json()['id']}/"
    assert api.patch(one, {"listPrice": "8.00"}).json()["listPrice"] == "8.00"
    assert error(api.patch(one, {"sku": "MUG-2"})) == (400, "unknown_field", "sku")
    assert error(api.patch(one, {"product": product.pk})) == (400, "unknown_field", "product")
    assert error(api.post(SKUS, {"sku": "mug-1", "product": product.pk})) == (409, "sku_taken", "sku")
    assert error(api.post(SKUS, {"sku": "x"})) == (400, "required", "product")
    assert error(api.post(SKUS, {"sku": "x", "product": 987654})) == (400, "does_not_exist", "product")
    found = api.get(f"{SKUS}?sku=mug-1").json()["results"]
    assert [row["sku"] for row in found] == ["MUG-1"]


def test_categories_and_brands(api: Any) -> None:
    root = api.post(CATEGORIES, {"name": "电子"}).json()
    child = api.post(CATEGORIES, {"name": "手机", "parent": root["id"]}).json()

    assert (root["level"], root["parent"], child["level"], child["parent"]) == (1, None, 2, root["id"])
    assert error(api.patch(f"{CATEGORIES}{root['id']}/", {"parent": child["id"]})) == (409, "category_cycle", "parent")
    assert error(api.post(CATEGORIES, {"name": "电子"})) == (409, "name_taken", "name")
    assert error(api.post(CATEGORIES, {"name": "x", "level": 3})) == (400, "unknown_field", "level")
    assert error(api.post(CATEGORIES, {"name": "x", "visible": "yes"})) == (400, "invalid_boolean", "visible")
    listed = api.get(f"{CATEGORIES}?parentId={root['id']}").json()["results"]
    assert [row["name"] for row in listed] == ["手机"]

    brand = api.post(BRANDS, {"name": "Apple"}).json()
    assert error(api.post(BRANDS, {"name": "Apple"})) == (409, "name_taken", "name")
    assert api.patch(f"{BRANDS}{brand['id']}/", {"visible": False}).json()["visible"] is False


def test_who_may_do_what(staff: Callable[..., Any], api_for: Callable[..., Any]) -> None:
    product = make_product()
    expected = {"manager": (200, 201, 200), "clerk": (200, 201, 200), "warehouse": (200, 403, 403)}

    for role, codes in expected.items():
        api = api_for(staff(role))
        answers = (api.get(URL), api.post(URL, {"name": role}), api.post(f"{URL}{product.pk}/publish/"))
        assert tuple(answer.status_code for answer in answers) == codes, role
    anonymous = api_for(None)
    assert {anonymous.get(path).status_code for path in LISTS} == {401}
    assert {anonymous.post(path, {}).status_code for path in LISTS} == {401}


def test_customers_see_only_what_is_offered(customer_api: Any) -> None:
    shown, hidden = make_sku(sku="SHOWN"), make_sku(sku="HIDDEN", published=False)
    make_category(name="visible")
    Category.objects.filter(pk=make_category(name="dark").pk).update(visible=False)

    assert [row["id"] for row in customer_api.get(URL).json()["results"]] == [shown.product_id]
    assert [row["sku"] for row in customer_api.get(SKUS).json()["results"]] == ["SHOWN"]
    assert customer_api.get(f"{URL}{hidden.product_id}/").status_code == 404
    assert customer_api.get(f"{SKUS}{hidden.pk}/").status_code == 404
    assert [row["name"] for row in customer_api.get(CATEGORIES).json()["results"]] == ["visible"]
    for path in LISTS:
        assert customer_api.post(path, {"name": "x"}).status_code == 403
    assert customer_api.post(f"{URL}{shown.product_id}/withdraw/").status_code == 403


def test_lists_cost_the_same_for_any_number(api: Any) -> None:
    make_product(category_id=make_category().pk, brand_id=make_brand().pk)
    api.get(URL)
    costs: dict[str, list[int]] = {path: [] for path in LISTS}

    for _round in range(2):
        for path in LISTS:
            with statements() as sent:
                api.get(path)
            costs[path].append(len(sent))
        for _n in range(6):
            make_product(category_id=make_category().pk, brand_id=make_brand().pk)

    assert all(few == many <= 4 for few, many in costs.values()), costs


def test_the_other_namespace_answers_its_own_product(
    staff: Callable[..., Any],
    api_for: Callable[..., Any],
    alpha: Any,
    beta: Any,
    in_beta: Callable[[], AbstractContextManager[None]],
) -> None:
    align_ids((alpha, beta), Product)
    ours = make_product(name="ours")
    here = api_for(staff("manager"))
    with in_beta():
        assert make_product(name="theirs").pk == ours.pk
        there = api_for(staff("manager"), host="beta.testserver")

    assert here.get(f"{URL}{ours.pk}/").json()["name"] == "ours"
    assert there.get(f"{URL}{ours.pk}/").json()["name"] == "theirs"
    assert there.post(f"{URL}{ours.pk}/publish/").status_code == 200
    ours.refresh_from_db()
    assert ours.status_id == 300
