"""Categories and brands."""

from typing import Any

import pytest

from catalog.exceptions import CategoryCycle, CategoryTooDeep, InvalidProduct, NameTaken, ProductNotFound
from catalog.models import Brand, Category
from catalog.models.category import CATEGORY_LEVEL_MAX
from catalog.services import create_brand, create_category, update_brand, update_category
from tests.factories.catalog import make_brand, make_category
from vmi.core.actors import system_actor
from vmi.core.exceptions import DomainError

ACTOR = system_actor()


def move(category: Category, parent: Category | None) -> Category:
    return update_category(category_id=category.pk, changes={"parent_id": parent.pk if parent else None}, actor=ACTOR)


def levels() -> dict[str, int]:
    return dict(Category.objects.values_list("name", "level"))


def test_levels_follow_the_tree_and_move_with_it() -> None:
    a = make_category(name="a")
    b = make_category(name="b", parent_id=a.pk)
    c = make_category(name="c", parent_id=b.pk)
    d = make_category(name="d")
    assert levels() == {"a": 1, "b": 2, "c": 3, "d": 1}

    move(b, None)
    assert levels() == {"a": 1, "b": 1, "c": 2, "d": 1}
    move(b, d)
    assert levels() == {"a": 1, "b": 2, "c": 3, "d": 1}
    move(d, a)
    assert levels() == {"a": 1, "b": 3, "c": 4, "d": 2}
    c.refresh_from_db()
    assert c.parent == b


def test_a_category_never_lies_inside_itself() -> None:
    a = make_category(name="a")
    b = make_category(name="b", parent_id=a.pk)
    c = make_category(name="c", parent_id=b.pk)

    for parent in (a, b, c):
        with pytest.raises(CategoryCycle) as refusal:
            move(a, parent)
        assert refusal.value.param == "parent"
    assert levels() == {"a": 1, "b": 2, "c": 3}


def test_the_tree_has_a_deepest_level() -> None:
    parent = make_category(name="1")
    for level in range(2, CATEGORY_LEVEL_MAX + 1):
        parent = make_category(name=str(level), parent_id=parent.pk)

    with pytest.raises(CategoryTooDeep):
        make_category(parent_id=parent.pk)
    with pytest.raises(CategoryTooDeep):
        move(Category.objects.get(name="1"), make_category(name="above"))


@pytest.mark.parametrize(
    ("fields", "error", "param"),
    [
        ({"name": ""}, InvalidProduct, "name"),
        ({"name": "x" * 51}, InvalidProduct, "name"),
        ({"name": "taken"}, NameTaken, "name"),
        ({"parent_id": 987_654}, InvalidProduct, "parent"),
        ({"sort": True}, InvalidProduct, "sort"),
        ({"icon": "javascript:x"}, InvalidProduct, "icon"),
        ({"visible": 1}, InvalidProduct, "visible"),
    ],
)
def test_bad_categories_are_refused(fields: dict[str, Any], error: type[DomainError], param: str) -> None:
    make_category(name="taken")

    with pytest.raises(error) as refusal:
        create_category(**({"name": "new"} | fields), actor=ACTOR)

    assert refusal.value.param == param
    assert Category.objects.count() == 1


def test_a_name_may_repeat_under_another_parent() -> None:
    a, b = make_category(name="a"), make_category(name="b")
    under_a = make_category(name="x", parent_id=a.pk)
    make_category(name="x", parent_id=b.pk)

    with pytest.raises(NameTaken):
        move(under_a, b)
    with pytest.raises(ProductNotFound):
        update_category(category_id=987_654, changes={"name": "y"}, actor=ACTOR)


def test_brands_have_unique_names() -> None:
    brand = make_brand(name="Apple", logo="https://img.example/apple.png")

    update_brand(brand_id=brand.pk, changes={"description": "苹果", "visible": False}, actor=ACTOR)
    brand.refresh_from_db()
    assert (brand.description, brand.visible) == ("苹果", False)
    with pytest.raises(NameTaken):
        create_brand(name=" Apple ", actor=ACTOR)
    with pytest.raises(NameTaken):
        update_brand(brand_id=make_brand().pk, changes={"name": "Apple"}, actor=ACTOR)
    for changes, param in (({"name": ""}, "name"), ({"logo": "ftp://x"}, "logo"), ({"sort": 1.5}, "sort")):
        with pytest.raises(InvalidProduct) as refusal:
            update_brand(brand_id=brand.pk, changes=changes, actor=ACTOR)
        assert refusal.value.param == param
    assert Brand.objects.count() == 2
