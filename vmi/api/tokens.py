"""Tokens bound to one namespace: another namespace's token fails by key, by audience and by claim.

The stock library signs every token with one key, and user id 1 exists in every schema, so its tokens
cross namespaces. Here the key is derived per namespace, ``aud`` and ``ns`` name it, and the header's
``kid`` names the key.
"""

import hashlib
import hmac
from functools import lru_cache
from typing import Any, TypeVar

import jwt
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from rest_framework_simplejwt.backends import TokenBackend
from rest_framework_simplejwt.exceptions import ExpiredTokenError, TokenBackendError, TokenError
from rest_framework_simplejwt.settings import api_settings
from rest_framework_simplejwt.tokens import AccessToken, RefreshToken

from vmi.core.exceptions import DomainError
from vmi.core.tenancy import current_namespace, current_schema

ALGORITHM = "HS256"
TOKEN_BYTES_MAX = 4096
"""Longest token read; ours are below 700 bytes."""

REQUIRED_CLAIMS = ["exp", "iat", "nbf", "jti", "aud"]


class TokenRefused(DomainError):
    """A token that is malformed, forged, of the wrong kind, or whose login was ended (401)."""

    status = 401
    type = "auth"
    code = "token_invalid"
    default_message = _("The token is not valid.")


class TokenExpired(TokenRefused):
    """The token's time is over; refresh it or sign in again (401)."""

    code = "token_expired"
    default_message = _("The token has expired.")


class TokenOfAnotherNamespace(TokenRefused):
    """The token belongs to another namespace (401)."""

    code = "token_wrong_tenant"
    default_message = _("The token belongs to another namespace.")


class NamespaceTokenBackend(TokenBackend):
    """Signs and reads tokens of one namespace."""

    def __init__(self, schema: str, namespace_id: int, key_version: int) -> None:
        self.key_id = f"{namespace_id}.{key_version}"
        super().__init__(ALGORITHM, signing_key=_derived_key(self.key_id), audience=f"namespace:{schema}")

    def encode(self, payload: dict[str, Any]) -> str:
        """The signed token; the header names the key."""
        claims = {**payload, "aud": self.audience}
        return jwt.encode(claims, self.prepared_signing_key, algorithm=ALGORITHM, headers={"kid": self.key_id})

    def decode(self, token: Any, verify: bool = True) -> dict[str, Any]:
        """The claims of a token of this namespace. Raises TokenBackendError."""
        if len(token) > TOKEN_BYTES_MAX or not _names_key(token, self.key_id):
            raise TokenBackendError("too long, or signed with another key")
        claims = super().decode(token, verify)
        if any(claim not in claims for claim in REQUIRED_CLAIMS):
            raise TokenBackendError("a claim is missing")
        return claims


def _names_key(token: Any, key_id: str) -> bool:
    try:
        return bool(jwt.get_unverified_header(token).get("kid") == key_id)
    except jwt.InvalidTokenError:
        return False


def _derived_key(key_id: str) -> str:
    return hmac.new(settings.SECRET_KEY.encode(), f"vmi.api.token:{key_id}".encode(), hashlib.sha256).hexdigest()


@lru_cache(maxsize=1024)
def _backend(schema: str, namespace_id: int, key_version: int, secret_key: str) -> NamespaceTokenBackend:
    return NamespaceTokenBackend(schema, namespace_id, key_version)


def namespace_backend() -> NamespaceTokenBackend:
    """The signer of the namespace the connection speaks for."""
    version = getattr(settings, "API_TOKEN_KEY_VERSION", 1)
    return _backend(current_schema(), current_namespace().pk, version, settings.SECRET_KEY)


class NamespaceAccessToken(AccessToken):
    """The short-lived token of every call."""

    def get_token_backend(self) -> NamespaceTokenBackend:
        """Sign and read for the current namespace only."""
        return namespace_backend()


class NamespaceRefreshToken(RefreshToken):
    """The long-lived token that buys new pairs; each works once."""

    access_token_class = NamespaceAccessToken

    def get_token_backend(self) -> NamespaceTokenBackend:
        """Sign and read for the current namespace only."""
        return namespace_backend()


T = TypeVar("T", NamespaceAccessToken, NamespaceRefreshToken)


def read_token(kind: type[T], raw: str | bytes) -> T:
    """Read a token of one kind. Raises TokenRefused, TokenExpired or TokenOfAnotherNamespace."""
    try:
        token = kind(raw)  # type: ignore[arg-type]
    except ExpiredTokenError:
        raise TokenExpired from None
    except (TokenError, ValueError, TypeError):
        raise (TokenOfAnotherNamespace if _claims_another(raw) else TokenRefused) from None
    if token.get("ns") != current_schema():
        raise TokenOfAnotherNamespace
    return token


def _claims_another(raw: str | bytes) -> bool:
    """Whether an unreadable token says itself that it comes from elsewhere; only chooses the error's code."""
    if len(raw) > TOKEN_BYTES_MAX:
        return False
    try:
        claims = jwt.decode(raw, options={"verify_signature": False})
    except (jwt.InvalidTokenError, ValueError):
        return False
    named = claims.get("ns")
    return isinstance(named, str) and named != current_schema()


def user_id_of(token: AccessToken | RefreshToken) -> int:
    """The user a token was issued to. Raises TokenRefused."""
    value = str(token.get(api_settings.USER_ID_CLAIM, ""))
    if not value.isascii() or not value.isdigit() or len(value) > 18:
        raise TokenRefused
    return int(value)
