"""Products and SKUs: exact values, refusals that leave nothing, bulk, both namespaces."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from catalog.choices import ProductStatus
from catalog.exceptions import BarcodeTaken, InvalidProduct, ProductNotFound, ProductWithoutSku, SkuTaken
from catalog.models import Product, ProductInfo
from catalog.selectors import price_ranges, skus_by_code, skus_by_id
from catalog.services import (
    ProductRow,
    SkuInput,
    add_sku,
    create_product,
    create_products_bulk,
    publish_product,
    update_product,
    update_sku,
    withdraw_product,
)
from tests.factories.catalog import make_brand, make_category, make_product, make_sku, sku_input
from tests.support.sql import align_ids, statements
from vmi.core.actors import SYSTEM_USER_ID, system_actor
from vmi.core.exceptions import DomainError, InvalidTransition
from vmi.events.models import Event

ACTOR = system_actor()


def test_a_product_is_created_as_a_draft_with_its_skus() -> None:
    category, brand = make_category(), make_brand()

    product = create_product(
        name=" iPhone 15 ", description="手机\n黑色", images=["https://img.example/1.png", "/media/2.png"],
        expire_days=365, tags=["手机", "手机", "新品"], category_id=category.pk, brand_id=brand.pk, unit="台",
        weight=Decimal("0.171"),
        skus=[
            SkuInput("IP15-128", list_price=Decimal("5999.00"), spec={"内存": "128G"}, barcode="6901234567892"),
            SkuInput("ip15-256", list_price=Decimal("6999.00"), name="iPhone 15 256G", images=["/media/3.png"]),
        ],
        actor=ACTOR,
    )  # fmt: skip

    product.refresh_from_db()
    assert (product.name, product.status_id, product.expire, product.unit) == (
        "iPhone 15",
        ProductStatus.DRAFT,
        365,
        "台",
    )
    assert (product.image, product.tags) == (["https://img.example/1.png", "/media/2.png"], ["手机", "新品"])
    assert (product.category, product.brand, product.weight) == (category, brand, Decimal("0.171"))
    assert product.creater_id == SYSTEM_USER_ID
    skus = list(ProductInfo.objects.filter(product=product).order_by("pk"))
    assert [(sku.sku, sku.name, sku.spec, sku.list_price, sku.barcode) for sku in skus] == [
        ("IP15-128", "iPhone 15", {"内存": "128G"}, Decimal("5999.00"), "6901234567892"),
        ("ip15-256", "iPhone 15 256G", {}, Decimal("6999.00"), ""),
    ]
    assert price_ranges([product.pk]) == {product.pk: (Decimal("5999.00"), Decimal("6999.00"))}
    changes = Event.objects.filter(subject=f"catalog.product:{product.pk}").get().payload["changes"]
    assert changes["skus"] == [None, "IP15-128, ip15-256"]


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"name": "a\x00"}, "name"),
        ({"images": ["javascript:alert(1)"]}, "image[0]"),
        ({"images": ["data:text/html,x"]}, "image[0]"),
        ({"images": "https://x/1.png"}, "image"),
        ({"images": [f"/{n}.png" for n in range(21)]}, "image"),
        ({"tags": ["x" * 41]}, "tags[0]"),
        ({"tags": [""]}, "tags[0]"),
        ({"expire_days": 0}, "expire"),
        ({"expire_days": True}, "expire"),
        ({"expire_days": 36_501}, "expire"),
        ({"weight": Decimal(-1)}, "weight"),
        ({"weight": Decimal("0.0001")}, "weight"),
        ({"weight": 1.5}, "weight"),
        ({"category_id": 987_654}, "category"),
        ({"brand_id": 987_654}, "brand"),
        ({"skus": [SkuInput("")]}, "skus[0].sku"),
        ({"skus": [SkuInput("红色")]}, "skus[0].sku"),
        ({"skus": [SkuInput("x" * 65)]}, "skus[0].sku"),
        ({"skus": [SkuInput("a"), SkuInput("b", list_price=Decimal(-5))]}, "skus[1].listPrice"),
        ({"skus": [SkuInput("a", list_price=Decimal("0.001"))]}, "skus[0].listPrice"),
        ({"skus": [SkuInput("a", list_price=Decimal("NaN"))]}, "skus[0].listPrice"),
        ({"skus": [SkuInput("a", list_price=Decimal("1e13"))]}, "skus[0].listPrice"),
        ({"skus": [SkuInput("a", list_price=0.1)]}, "skus[0].listPrice"),  # type: ignore[arg-type]
        ({"skus": [SkuInput("a", spec={"": "x"})]}, "skus[0].spec"),
        ({"skus": [SkuInput("a", barcode="一")]}, "skus[0].barcode"),
    ],
)
def test_bad_fields_are_named_and_nothing_is_written(fields: dict[str, Any], param: str) -> None:
    with pytest.raises(InvalidProduct) as refusal:
        create_product(**({"name": "p"} | fields), actor=ACTOR)

    assert refusal.value.param == param
    assert not Product.objects.exists()
    assert not ProductInfo.objects.exists()
    assert not Event.objects.exists()


@pytest.mark.parametrize(
    ("skus", "error", "param"),
    [
        ([SkuInput("TAKEN")], SkuTaken, "skus[0].sku"),
        ([SkuInput("new"), SkuInput("taken")], SkuTaken, "skus[1].sku"),
        ([SkuInput("new"), SkuInput("NEW")], SkuTaken, "skus[1].sku"),
        ([SkuInput("new", barcode="111")], BarcodeTaken, "skus[0].barcode"),
        ([SkuInput("n1", barcode="222"), SkuInput("n2", barcode="222")], BarcodeTaken, "skus[1].barcode"),
    ],
)
def test_codes_are_unique_whatever_their_case(skus: list[SkuInput], error: type[DomainError], param: str) -> None:
    make_product(skus=[SkuInput("Taken", barcode="111")])

    with pytest.raises(error) as refusal:
        create_product(name="second", skus=skus, actor=ACTOR)

    assert refusal.value.param == param
    assert Product.objects.count() == ProductInfo.objects.count() == 1


def test_the_database_itself_refuses_a_second_spelling() -> None:
    sku = make_sku(sku="abc")

    with pytest.raises(IntegrityError), transaction.atomic():
        ProductInfo.objects.create(sku="ABC", name="x", product_id=sku.product_id, creater_id=SYSTEM_USER_ID)


def test_skus_are_found_in_one_query_whatever_the_case_and_keyed_as_asked() -> None:
    sku = make_sku(sku="85123a")

    with statements() as sent:
        found = skus_by_code(["85123A", "85123a", " 85123A ", "nope"])

    assert len(sent) == 1
    assert set(found) == {"85123A", "85123a", " 85123A "}
    row = found["85123A"]
    assert (row.id, row.code, row.name, row.product_id, row.is_published) == (
        sku.pk,
        "85123a",
        sku.name,
        sku.product_id,
        True,
    )
    assert skus_by_id([sku.pk, 987_654]) == {sku.pk: row}


def test_a_product_goes_on_and_off_the_shelf() -> None:
    product = make_product()

    with pytest.raises(InvalidTransition):
        withdraw_product(product_id=product.pk, actor=ACTOR)
    for _repeat in range(2):
        assert publish_product(product_id=product.pk, actor=ACTOR).status_id == ProductStatus.ON_SHELF
    for _repeat in range(2):
        assert withdraw_product(product_id=product.pk, actor=ACTOR).status_id == ProductStatus.OFF_SHELF
    publish_product(product_id=product.pk, actor=ACTOR)

    events = Event.objects.filter(subject=f"catalog.product:{product.pk}").order_by("id")
    assert [event.payload["changes"].get("status") for event in events] == [None, [300, 301], [301, 302], [302, 301]]


def test_a_product_without_a_sku_stays_off_the_shelf() -> None:
    product = make_product(skus=[])

    with pytest.raises(ProductWithoutSku):
        publish_product(product_id=product.pk, actor=ACTOR)

    product.refresh_from_db()
    assert product.status_id == ProductStatus.DRAFT
    with pytest.raises(ProductNotFound):
        publish_product(product_id=987_654, actor=ACTOR)


def test_a_product_changes_field_by_field(frozen_clock: Any) -> None:
    product = make_product(name="old", expire_days=10)
    later = frozen_clock.advance(hours=1)

    update_product(product_id=product.pk, changes={"name": "new", "expire": None, "tags": []}, actor=ACTOR)

    product.refresh_from_db()
    assert (product.name, product.expire, product.modify_time) == ("new", None, later)
    last = Event.objects.order_by("-id")[0]
    assert last.payload["changes"] == {"name": ["old", "new"], "expire": [10, None]}
    with pytest.raises(InvalidProduct):
        update_product(product_id=product.pk, changes={"name": ""}, actor=ACTOR)
    with pytest.raises(TypeError):
        update_product(product_id=product.pk, changes={"status_id": 301}, actor=ACTOR)


def test_skus_are_added_and_changed_but_keep_their_code() -> None:
    product = make_product(name="Mug")

    sku = add_sku(product_id=product.pk, sku=sku_input(sku="MUG-RED"), actor=ACTOR)
    assert sku.name == "Mug"
    update_sku(sku_id=sku.pk, changes={"list_price": Decimal("12.50"), "name": "Red mug"}, actor=ACTOR)

    sku.refresh_from_db()
    assert (sku.list_price, sku.name) == (Decimal("12.50"), "Red mug")
    with pytest.raises(TypeError):
        update_sku(sku_id=sku.pk, changes={"sku": "OTHER"}, actor=ACTOR)
    with pytest.raises(ProductNotFound):
        add_sku(product_id=987_654, sku=sku_input(), actor=ACTOR)
    with pytest.raises(SkuTaken):
        add_sku(product_id=product.pk, sku=sku_input(sku="mug-red"), actor=ACTOR)
    make_sku(barcode="111")
    with pytest.raises(BarcodeTaken):
        update_sku(sku_id=sku.pk, changes={"barcode": "111"}, actor=ACTOR)


def test_three_thousand_products_take_a_few_statements() -> None:
    rows = [
        ProductRow(name=f"P{n}", publish=True, skus=[SkuInput(f"{n:05d}", list_price=Decimal("1.00"))])
        for n in range(3_000)
    ]

    with statements() as sent:
        products = create_products_bulk(rows, ACTOR)

    assert len(sent) <= 16
    assert [product.name for product in products] == [row.name for row in rows]
    assert Product.objects.filter(status_id=ProductStatus.ON_SHELF).count() == 3_000
    assert skus_by_code(["02999"])["02999"].product_id == products[-1].pk
    assert Event.objects.filter(type="object.changed").count() == 3_000


@pytest.mark.parametrize(
    ("row", "error", "param"),
    [
        (ProductRow(name="", skus=[]), InvalidProduct, "rows[1].name"),
        (ProductRow(name="b", skus=[SkuInput("A1")]), SkuTaken, "rows[1].skus[0].sku"),
        (
            ProductRow(name="b", skus=[SkuInput("b", list_price=Decimal(-1))]),
            InvalidProduct,
            "rows[1].skus[0].listPrice",
        ),
        (ProductRow(name="b", skus=[], publish=True), ProductWithoutSku, "rows[1].skus"),
        (ProductRow(name="b", skus=[], category_id=987_654), InvalidProduct, "rows[1].category"),
        (ProductRow(name="b", skus=[], brand_id=987_654), InvalidProduct, "rows[1].brand"),
    ],
)
def test_one_bad_row_refuses_all(row: ProductRow, error: type[DomainError], param: str) -> None:
    with pytest.raises(error) as refusal:
        create_products_bulk([ProductRow(name="a", skus=[SkuInput("a1")]), row], ACTOR)

    assert refusal.value.param == param
    assert not Product.objects.exists()
    assert not Event.objects.exists()


def test_the_other_namespace_has_its_own_catalogue(
    alpha: Any, beta: Any, in_beta: Callable[[], AbstractContextManager[None]]
) -> None:
    align_ids((alpha, beta), Product, ProductInfo)
    ours = make_sku(sku="SAME")
    with in_beta():
        theirs = make_sku(sku="same", list_price=Decimal("99.00"))
        assert theirs.pk == ours.pk
        assert skus_by_code(["SAME"])["SAME"].code == "same"
        assert price_ranges([theirs.product_id]) == {theirs.product_id: (Decimal("99.00"), Decimal("99.00"))}

    assert skus_by_code(["SAME"])["SAME"].code == "SAME"
    assert skus_by_id([ours.pk])[ours.pk].list_price == Decimal("10.00")
