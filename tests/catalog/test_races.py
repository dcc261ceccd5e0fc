"""Two at once on one code, one tree."""

from collections.abc import Callable
from typing import Any

import pytest

from catalog.exceptions import CategoryCycle, SkuTaken
from catalog.models import Category, Product, ProductInfo
from catalog.services import SkuInput, create_product, update_category
from tests.factories.catalog import make_category
from vmi.core.actors import system_actor

pytestmark = pytest.mark.slow


def create(sku: str) -> Callable[[], Any]:
    return lambda: create_product(name=sku, skus=[SkuInput(sku)], actor=system_actor())


def move(category: Category, parent: Category) -> Callable[[], Any]:
    return lambda: update_category(category_id=category.pk, changes={"parent_id": parent.pk}, actor=system_actor())


def test_one_code_is_created_once_and_the_others_are_told(in_threads: Callable[..., list[Any]]) -> None:
    results = in_threads(create("same"), create("SAME"), create("Same"))

    assert sorted(type(result).__name__ for result in results) == ["Product", "SkuTaken", "SkuTaken"], results
    assert all(result.param for result in results if isinstance(result, SkuTaken))
    assert (Product.objects.count(), ProductInfo.objects.count()) == (1, 1)


def test_two_categories_cannot_move_into_each_other(in_threads: Callable[..., list[Any]]) -> None:
    one, two = make_category(), make_category()

    results = in_threads(move(one, two), move(two, one))

    assert sorted(type(result).__name__ for result in results) == ["Category", "CategoryCycle"], results
    assert sum(isinstance(result, CategoryCycle) for result in results) == 1
    assert sorted(Category.objects.values_list("level", flat=True)) == [1, 2]
