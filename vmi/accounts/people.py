"""Making people who can sign in: for commands that fill a fresh installation."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import transaction

from vmi.accounts.models import User

RANDOM_BYTES: Final = 15


@dataclass(frozen=True, slots=True)
class Login:
    """A name and password to be shown once; ``password`` is empty for somebody who existed already."""

    username: str
    password: str


def random_password() -> str:
    """A password nobody can guess: 120 random bits."""
    return secrets.token_urlsafe(RANDOM_BYTES)


def first_password(name: str) -> str:
    """``demo-<name>`` on the embedded database, which serves one machine; random as soon as a real server is named."""
    return f"demo-{name}" if settings.EMBEDDED_DATABASE else random_password()


@transaction.atomic
def ensure_user(
    *,
    username: str,
    password: str | None,
    role: str,
    display_name: str = "",
    phone: str = "",
    is_staff: bool = True,
    joined: datetime | None = None,
) -> tuple[User, bool]:
    """The user of this name, made if missing, and whether it was made; one who exists is left exactly as they are.

    ``password`` None: nobody can sign in as them. Raises Group.DoesNotExist for a role this schema does not have.
    """
    known = User.objects.filter(username=username).first()
    if known is not None:
        return known, False
    columns: dict[str, Any] = {"date_joined": joined} if joined is not None else {}
    user = User.objects.create_user(
        username=username, password=password, display_name=display_name, phone=phone, is_staff=is_staff, **columns
    )
    user.groups.add(Group.objects.get(name=role))
    return user, True
