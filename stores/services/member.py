"""Store staff."""

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from stores.choices import STORE_MEMBER_ROLE
from stores.exceptions import InvalidReference, InvalidValue, MemberExists
from stores.models import Member
from stores.services.store import find_store
from vmi.core import clock
from vmi.core.actors import Actor
from vmi.core.exceptions import NotFound
from vmi.core.integrity import refusing
from vmi.core.text import clean_text
from vmi.events.services import audit

MEMBER_TEXT_LENGTH_MAX = 60


@transaction.atomic
def add_member(*, store_id: int, title: str, name: str, user_id: int | None = None, actor: Actor) -> Member:
    """Add a person to a store (S000-19); a user becomes a store member by role (C-54).

    Raises StoreNotFound, InvalidValue, InvalidReference, MemberExists.
    """
    find_store(store_id)
    values = _checked({"title": title, "name": name, "user_id": user_id})
    at = clock.now()

    member = Member(store_id=store_id, creater_id=actor.user_id, create_time=at, modify_time=at, **values)
    with refusing({"stores_member_store_user": lambda: MemberExists(param="user")}):
        member.save(force_insert=True)
    _grant_role(user_id)

    audit(member, before={}, after={"store": store_id, **values}, actor=actor)
    return member


@transaction.atomic
def update_member(*, member_id: int, actor: Actor, **fields: Any) -> Member:
    """Change any of ``title name user_id``; the store is fixed."""
    member = Member.objects.filter(pk=member_id).first()
    if member is None:
        raise NotFound(param="id")
    values = _checked(fields)
    before = {name: getattr(member, name) for name in values}

    for name, value in values.items():
        setattr(member, name, value)
    member.modify_time = clock.now()
    with refusing({"stores_member_store_user": lambda: MemberExists(param="user")}):
        member.save(update_fields=[*values, "modify_time"])
    _grant_role(values.get("user_id"))

    audit(member, before=before, after=values, actor=actor)
    return member


def _checked(values: dict[str, Any]) -> dict[str, Any]:
    clean = dict(values)
    for name in ("title", "name"):
        if name in values:
            clean[name] = clean_text(
                values[name], param=name, limit=MEMBER_TEXT_LENGTH_MAX, error=InvalidValue, required=True
            )
    user_id = values.get("user_id")
    if user_id is not None and not get_user_model().objects.filter(pk=user_id, is_active=True).exists():
        raise InvalidReference(_("The user does not exist."), param="user")
    return clean


def _grant_role(user_id: int | None) -> None:
    if user_id is None:
        return
    group, _created = Group.objects.get_or_create(name=STORE_MEMBER_ROLE)
    get_user_model().objects.get(pk=user_id).groups.add(group)
