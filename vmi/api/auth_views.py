"""``/api/v1/auth/…``: sign in, refresh, sign out, who am I."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from vmi.api import auth
from vmi.api.permissions import SignedIn, roles_of
from vmi.api.serializers import CamelSerializer, CharField, IdField, IntegerField
from vmi.core.tenancy import current_schema

TOKEN_CHARS_MAX = 4096


class LoginBody(CamelSerializer):
    """Name and password."""

    username = CharField(max_length=150)
    password = CharField(max_length=128, trim_whitespace=False, write_only=True)


class RefreshBody(CamelSerializer):
    """A refresh token."""

    refresh = CharField(max_length=TOKEN_CHARS_MAX)


class WhoSerializer(CamelSerializer):
    """A signed-in user."""

    id = IdField(read_only=True)
    username = CharField(read_only=True)
    display_name = CharField(read_only=True)
    roles = CharField(read_only=True)
    partner = IdField(read_only=True, allow_null=True)
    namespace = CharField(read_only=True)

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """The user with roles and, for a member, the member's id."""
        return {
            "id": instance.pk,
            "username": instance.username,
            "displayName": instance.get_full_name(),
            "roles": sorted(roles_of(instance)),
            "partner": auth.claims_of(instance).get("pid"),
            "namespace": current_schema(),
        }


class TokenPairSerializer(CamelSerializer):
    """An access token, the refresh token that replaces it, and its life in seconds."""

    access = CharField(read_only=True)
    refresh = CharField(read_only=True)
    expires_in = IntegerField(read_only=True, source="expires_in_s")
    user = WhoSerializer(read_only=True)


class PublicView(APIView):
    """A view for callers without a token."""

    authentication_classes = ()
    permission_classes = (AllowAny,)


class LoginView(PublicView):
    """Sign in with name and password."""

    @extend_schema(request=LoginBody, responses={200: TokenPairSerializer}, auth=[], tags=["auth"])
    def post(self, request: Request) -> Response:
        """Sign in with name and password."""
        body = LoginBody(data=request.data)
        body.is_valid(raise_exception=True)
        pair = auth.sign_in(request=request._request, **body.validated_data)
        return Response(TokenPairSerializer(pair).data, headers={"Cache-Control": "no-store"})


class RefreshView(PublicView):
    """Exchange a refresh token for a new pair."""

    @extend_schema(request=RefreshBody, responses={200: TokenPairSerializer}, auth=[], tags=["auth"])
    def post(self, request: Request) -> Response:
        """Exchange a refresh token for a new pair; each refresh token works once."""
        body = RefreshBody(data=request.data)
        body.is_valid(raise_exception=True)
        pair = auth.refresh_login(body.validated_data["refresh"])
        return Response(TokenPairSerializer(pair).data, headers={"Cache-Control": "no-store"})


class LogoutView(PublicView):
    """Sign out."""

    @extend_schema(request=RefreshBody, responses={204: None}, auth=[], tags=["auth"])
    def post(self, request: Request) -> Response:
        """End the login this refresh token belongs to."""
        body = RefreshBody(data=request.data)
        body.is_valid(raise_exception=True)
        auth.end_login(body.validated_data["refresh"])
        return Response(status=204)


class WhoView(APIView):
    """The owner of the token."""

    permission_classes = (SignedIn,)

    @extend_schema(responses={200: WhoSerializer}, tags=["auth"])
    def get(self, request: Request) -> Response:
        """Name, roles and member of the caller."""
        return Response(WhoSerializer(request.user).data)
