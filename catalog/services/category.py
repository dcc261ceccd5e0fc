"""Creating, changing and moving categories."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from catalog.exceptions import CategoryCycle, CategoryTooDeep, InvalidProduct, NameTaken, ProductNotFound
from catalog.locks import lock_categories
from catalog.models import Category
from catalog.models.category import CATEGORY_LEVEL_MAX, CATEGORY_NAME_MAX
from catalog.services.display import clean_flag, clean_picture, clean_sort
from vmi.core import clock
from vmi.core.actors import Actor
from vmi.core.integrity import refusing
from vmi.core.text import clean_text
from vmi.events.services import audit

_REFUSALS: Final = {"catalog_category_name_in_parent": lambda: NameTaken(param="name")}


def _name(value: object) -> str:
    return clean_text(value, param="name", limit=CATEGORY_NAME_MAX, error=InvalidProduct, required=True)


_CLEANERS: Final[dict[str, Callable[[Any], Any]]] = {
    "name": _name,
    "sort": clean_sort,
    "icon": lambda value: clean_picture(value, param="icon"),
    "visible": clean_flag,
}


@transaction.atomic
def create_category(
    *, name: str, parent_id: int | None = None, sort: int = 0, icon: str = "", visible: bool = True, actor: Actor
) -> Category:
    """Add a node to the tree (S002-5). Raises InvalidProduct with the field, NameTaken or CategoryTooDeep."""
    now = clock.now()
    given = {"name": name, "sort": sort, "icon": icon, "visible": visible}
    values = {field: _CLEANERS[field](value) for field, value in given.items()}
    tree = lock_categories()
    level = _level_below(tree, parent_id)
    _refuse_taken(tree, values["name"], parent_id)

    with refusing(_REFUSALS):
        category = Category.objects.create(
            **values, parent_id=parent_id, level=level, creater_id=actor.user_id, create_time=now, modify_time=now
        )

    audit(category, before={}, after={**values, "parent": parent_id}, actor=actor)
    return category


@transaction.atomic
def update_category(*, category_id: int, changes: dict[str, Any], actor: Actor) -> Category:
    """Change some of ``name``, ``parent_id``, ``sort``, ``icon`` and ``visible``; what lies below moves along.

    Raises ProductNotFound, InvalidProduct with the field, NameTaken, CategoryCycle or CategoryTooDeep.
    """
    unknown = set(changes) - set(_CLEANERS) - {"parent_id"}
    if unknown:
        raise TypeError(f"update_category does not change {sorted(unknown)}")
    tree = lock_categories()
    category = tree.get(category_id)
    if category is None:
        raise ProductNotFound(details={"id": category_id})
    values = {field: _CLEANERS[field](value) if field in _CLEANERS else value for field, value in changes.items()}
    before = {field: getattr(category, field) for field in values}
    if values == before:
        return category
    parent_id = values.get("parent_id", category.parent_id)
    _refuse_taken(tree, values.get("name", category.name), parent_id, but=category_id)

    moved = _relevelled(tree, category, parent_id)
    for field, value in values.items():
        setattr(category, field, value)
    category.modify_time = clock.now()
    with refusing(_REFUSALS):
        category.save(update_fields=[*values, "level", "modify_time"])
        Category.objects.bulk_update(moved, ["level"])

    audit(category, before=before, after=values, actor=actor)
    return category


def _relevelled(tree: Mapping[int, Category], category: Category, parent_id: int | None) -> list[Category]:
    """Set the levels a move gives to ``category`` and all below it; returns those below that changed."""
    below = _subtree(tree, category.pk)
    if parent_id == category.pk or any(node.pk == parent_id for node in below):
        raise CategoryCycle(param="parent")
    shift = _level_below(tree, parent_id) - category.level
    if max(node.level for node in [category, *below]) + shift > CATEGORY_LEVEL_MAX:
        raise _too_deep()
    if shift == 0:
        return []
    for node in [category, *below]:
        node.level += shift
    return below


def _subtree(tree: Mapping[int, Category], root_id: int) -> list[Category]:
    children: dict[int | None, list[Category]] = {}
    for node in tree.values():
        children.setdefault(node.parent_id, []).append(node)
    found: list[Category] = []
    waiting = list(children.get(root_id, ()))
    while waiting:
        node = waiting.pop()
        found.append(node)
        waiting.extend(children.get(node.pk, ()))
    return found


def _level_below(tree: Mapping[int, Category], parent_id: int | None) -> int:
    if parent_id is None:
        return 1
    parent = tree.get(parent_id)
    if parent is None:
        raise InvalidProduct(_("There is no such category."), code="unknown_reference", param="parent")
    if parent.level >= CATEGORY_LEVEL_MAX:
        raise _too_deep()
    return parent.level + 1


def _too_deep() -> CategoryTooDeep:
    return CategoryTooDeep(CategoryTooDeep.default_message % {"limit": CATEGORY_LEVEL_MAX}, param="parent")


def _refuse_taken(tree: Mapping[int, Category], name: str, parent_id: int | None, *, but: int | None = None) -> None:
    for node in tree.values():
        if node.pk != but and node.parent_id == parent_id and node.name == name:
            raise NameTaken(param="name")
