"""Signing in to the API: token pairs, their rotation, and the end of a login.

A login is a family of refresh tokens of which one is valid. Presenting an older one means that
somebody else has it too; the whole family ends then.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.contrib.auth import authenticate
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from rest_framework_simplejwt.settings import api_settings

from vmi.accounts.login_guard import check_attempts, count_failure, forget_failures
from vmi.accounts.models import User
from vmi.api.logins import forget_login, load_login
from vmi.api.models import TokenFamily
from vmi.api.tokens import NamespaceRefreshToken, TokenRefused, read_token, user_id_of
from vmi.core import clock
from vmi.core.exceptions import DomainError
from vmi.core.tenancy import current_schema

ClaimSource = Callable[[User], Mapping[str, Any]]

_claim_sources: list[ClaimSource] = []


class InvalidCredentials(DomainError):
    """Wrong name or password, or a locked account; which one is not told (401)."""

    status = 401
    type = "auth"
    code = "invalid_credentials"
    default_message = _("The user name or the password is wrong.")


class TokenReused(TokenRefused):
    """A refresh token was used twice; the login has been ended (401)."""

    code = "token_reused"
    default_message = _("The token has been used before; please sign in again.")


@dataclass(frozen=True, slots=True)
class TokenPair:
    """What a client keeps: the access token, its successor's ticket, and how long the first one lives."""

    access: str
    refresh: str
    expires_in_s: int
    user: User


def register_claims(source: ClaimSource) -> None:
    """Let an app add claims to every token: ``pid``, the member behind a user (called in ``ready()``)."""
    if source not in _claim_sources:
        _claim_sources.append(source)


def claims_of(user: User) -> dict[str, Any]:
    """The claims all apps add for a user."""
    found: dict[str, Any] = {}
    for source in _claim_sources:
        found.update(source(user))
    return found


def sign_in(*, request: HttpRequest, username: str, password: str) -> TokenPair:
    """Check a password and open a login. Raises InvalidCredentials or TooManyAttempts."""
    address = request.META.get("REMOTE_ADDR", "")
    check_attempts(username, address)
    user = authenticate(request, username=username, password=password)
    if not isinstance(user, User) or not user.is_active:
        count_failure(username, address)
        raise InvalidCredentials
    forget_failures(username, address)
    return open_login(user)


@transaction.atomic
def open_login(user: User) -> TokenPair:
    """Start a login for a user whose identity is proven and return its first pair of tokens."""
    jti = uuid4().hex
    now = clock.now()
    family = TokenFamily.objects.create(user=user, current_jti=jti, create_time=now, expire_time=_expiry(now))
    return _pair(user, family.pk, jti)


def access_token(user: User) -> str:
    """The access token of a new login; for tests and for services that act as a user."""
    return open_login(user).access


def refresh_login(raw: str) -> TokenPair:
    """Exchange a refresh token for a new pair. Raises TokenRefused, TokenExpired or TokenReused."""
    token = read_token(NamespaceRefreshToken, raw)
    family_id, version = _family_of(token), token.get("tv")
    jti = uuid4().hex
    now = clock.now()
    # Compare and set: of two callers with the same token one gets zero rows.
    moved = TokenFamily.objects.filter(pk=family_id, current_jti=token["jti"], revoke_time=None).update(
        current_jti=jti, expire_time=_expiry(now)
    )
    if not moved:
        _end(family_id, now, "reused")
        forget_login(user_id_of(token), int(version), family_id)
        raise TokenReused
    user = load_login(user_id_of(token), int(version), family_id)
    if user is None:
        raise TokenRefused
    return _pair(user, family_id, jti)


def end_login(raw: str) -> None:
    """Sign out: the family of this refresh token ends, its access tokens with it. Repeating it is harmless."""
    token = read_token(NamespaceRefreshToken, raw)
    _end(_family_of(token), clock.now(), "logout")
    forget_login(user_id_of(token), int(token["tv"]), _family_of(token))


def _end(family_id: int, now: datetime, reason: str) -> None:
    TokenFamily.objects.filter(pk=family_id, revoke_time=None).update(revoke_time=now, revoke_reason=reason)


def _family_of(token: NamespaceRefreshToken) -> int:
    family = token.get("fam")
    if type(family) is not int or type(token.get("tv")) is not int:
        raise TokenRefused
    return family


def _expiry(now: datetime) -> datetime:
    lifetime: timedelta = api_settings.REFRESH_TOKEN_LIFETIME
    return now + lifetime


def _pair(user: User, family_id: int, jti: str) -> TokenPair:
    refresh = NamespaceRefreshToken()
    refresh["jti"] = jti
    refresh["nbf"] = refresh["iat"]
    refresh[api_settings.USER_ID_CLAIM] = str(user.pk)
    refresh["ns"] = current_schema()
    refresh["tv"] = user.token_version
    refresh["fam"] = family_id
    for name, value in claims_of(user).items():
        refresh[name] = value
    access = refresh.access_token
    access["nbf"] = access["iat"]
    return TokenPair(
        access=str(access),
        refresh=str(refresh),
        expires_in_s=int(api_settings.ACCESS_TOKEN_LIFETIME.total_seconds()),
        user=user,
    )


def purge_expired_logins() -> int:
    """Delete logins whose last refresh token has expired; returns how many."""
    deleted, _per_model = TokenFamily.objects.filter(expire_time__lt=clock.now()).delete()
    return deleted
