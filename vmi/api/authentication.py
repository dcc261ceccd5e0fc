"""The authentication class of every API view: a bearer token of this namespace."""

from typing import Any

from rest_framework.request import Request
from rest_framework_simplejwt.authentication import AUTH_HEADER_TYPE_BYTES, JWTAuthentication

from vmi.api.logins import load_login
from vmi.api.tokens import NamespaceAccessToken, TokenRefused, read_token, user_id_of


class NamespaceJWTAuthentication(JWTAuthentication):
    """Accepts ``Authorization: Bearer …`` with an access token of the namespace the host belongs to."""

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        """The user and the token; None without a header. Raises TokenRefused and its kin."""
        header = self.get_header(request)
        parts = header.split() if header is not None else []
        if not parts or parts[0] not in AUTH_HEADER_TYPE_BYTES:
            return None
        if len(parts) != 2:
            raise TokenRefused
        token = read_token(NamespaceAccessToken, parts[1])
        return self.get_user(token), token

    def get_user(self, validated_token: Any) -> Any:
        """The user with roles and permissions loaded. Raises TokenRefused when the login was ended."""
        version, family = validated_token.get("tv"), validated_token.get("fam")
        if type(version) is not int or type(family) is not int:
            raise TokenRefused
        user = load_login(user_id_of(validated_token), version, family)
        if user is None:
            raise TokenRefused
        return user
