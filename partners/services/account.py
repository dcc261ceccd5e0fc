"""Customers who register themselves: a login and a member in one step."""

from typing import TYPE_CHECKING

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from partners.exceptions import InvalidPartner, UsernameTaken
from partners.models import Partner
from partners.services.fields import clean_name, clean_telephone
from partners.services.register import register_partner
from vmi.core.actors import user_actor
from vmi.core.integrity import refusing
from vmi.core.text import clean_text, words_of

if TYPE_CHECKING:
    from vmi.accounts.models import User

CUSTOMER_GROUP = "customer"
PASSWORD_MAX = 128
"""Longest password; hashing longer ones would let a caller burn our processors."""


@transaction.atomic
def register_customer(
    *,
    username: str,
    password: str,
    name: str,
    telephone: str = "",
    wechat: str = "",
    referer_code: str | None = None,
) -> Partner:
    """Create a user of the role customer and their member (C-32: the password lives in the auth user only).

    The new user is the creater of their own member, so there is no ``actor``. Raises InvalidPartner with the
    field (weak passwords too), UsernameTaken or TelephoneTaken.
    """
    user_model = get_user_model()
    user = user_model(username=_clean_username(username), display_name=clean_name(name)[:64])
    user.phone = clean_telephone(telephone)
    _check_password(password, user)
    user.set_password(password)

    with refusing({"accounts_user_username": lambda: UsernameTaken(param="username")}):
        user.save(force_insert=True)
    user.groups.add(Group.objects.get(name=CUSTOMER_GROUP))

    return register_partner(
        name=name,
        telephone=telephone,
        wechat=wechat,
        referer_code=referer_code,
        user_id=user.pk,
        actor=user_actor(user, customer=True),
    )


def _clean_username(value: str) -> str:
    user_model = get_user_model()
    text = clean_text(value, param="username", limit=64, error=InvalidPartner, required=True)
    username = user_model.normalize_username(text)
    try:
        user_model.username_validator(username)
    except ValidationError as refusal:
        raise InvalidPartner(words_of(refusal), param="username") from refusal
    if user_model.objects.filter(username__iexact=username).exists():
        raise UsernameTaken(param="username")
    return username


def _check_password(password: str, user: "User") -> None:
    if not isinstance(password, str) or len(password) > PASSWORD_MAX:
        raise InvalidPartner(
            _("May have at most %(limit)s characters."), param="password", details={"limit": PASSWORD_MAX}
        )
    if _weaknesses(password, user):
        raise InvalidPartner(lazy(_weaknesses, str)(password, user), code="weak_password", param="password")


def _weaknesses(password: str, user: "User") -> str:
    """What is wrong with a password in the active language (Django's validators speak at once); empty when nothing."""
    try:
        validate_password(password, user)
    except ValidationError as refusal:
        return " ".join(refusal.messages)
    return ""
