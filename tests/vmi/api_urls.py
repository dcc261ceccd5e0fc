"""Routes of the API tests: three viewsets over tables of the kernel, beside the real routes."""

import threading
from typing import Any, ClassVar

from django.contrib.auth.models import Group
from django.db import connection, models
from django.urls import include, path
from rest_framework.request import Request
from rest_framework.response import Response

from vmi.accounts.models import User
from vmi.api.filters import CamelFilterSet
from vmi.api.models import TokenFamily
from vmi.api.routers import routes
from vmi.api.serializers import (
    CamelModelSerializer,
    CamelSerializer,
    CharField,
    IntegerField,
    MoneyField,
    QuantityField,
)
from vmi.api.viewsets import CrudViewSet, DestroyMixin, IdempotentMixin, ReadViewSet, command
from vmi.core import clock
from vmi.core.exceptions import Conflict
from vmi.urls import handler400, handler403, handler404, handler500
from vmi.urls import urlpatterns as real_patterns

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]


class GroupSerializer(CamelModelSerializer):
    """A group."""

    class Meta:
        model = Group
        fields = ("id", "name")


class GroupFilter(CamelFilterSet):
    """By name."""

    class Meta:
        model = Group
        fields = {"name": ["exact", "startswith"], "id": ["exact"]}


class LineBody(CamelSerializer):
    """One line."""

    list_price = MoneyField()
    line_quantity = QuantityField()


class OrderBody(CamelSerializer):
    """A command with nested lines."""

    order_memo = CharField(allow_blank=True, required=False, max_length=20)
    order_lines = LineBody(many=True, allow_empty=False)
    is_urgent = IntegerField(required=False, allow_null=True)

    def validate_order_memo(self, value: str) -> str:
        """Hooks by Python name work."""
        return value.upper()


class EchoSerializer(CamelSerializer):
    """What the command understood."""

    order_memo = CharField(allow_blank=True)
    total_quantity = IntegerField()
    total_price = MoneyField()


class Pause:
    """Holds the transaction that creates the group ``held`` open, until the test lets it go."""

    def __init__(self) -> None:
        self.reached, self.over = threading.Event(), threading.Event()

    def hold(self) -> None:
        """Say that the group is written, and wait."""
        self.reached.set()
        self.over.wait(300)


pauses: list[Pause] = []
"""The pause of the running test, if it wants one."""


class GroupViewSet(IdempotentMixin, DestroyMixin, CrudViewSet):
    """Groups: writable, with an idempotent create; the one named ``held`` stops in the ``pauses`` of a test."""

    queryset = Group.objects.all()
    serializer_class = GroupSerializer
    filterset_class = GroupFilter
    ordering_fields = ("name",)
    permission_map: ClassVar[dict[str, str]] = {"echo": "auth.add_group"}

    def create_object(self, data: dict[str, Any]) -> models.Model:
        """Create, and hold the transaction open if the name says so."""
        group = super().create_object(data)
        if data["name"] == "held":
            for pause in pauses:
                pause.hold()
        return group

    @command(detail=False, request=OrderBody, response=EchoSerializer)
    def echo(self, data: dict[str, Any]) -> dict[str, Any]:
        """Sum up the lines."""
        return {
            "order_memo": data.get("order_memo", ""),
            "total_quantity": sum(line["line_quantity"] for line in data["order_lines"]),
            "total_price": sum(line["list_price"] for line in data["order_lines"]),
        }

    @command(permission="auth.change_group")
    def rename_badly(self, obj: Group, data: dict[str, Any]) -> None:
        """Write, then refuse: nothing may stay."""
        Group.objects.filter(pk=obj.pk).update(name="half written")
        raise Conflict(param="name")

    @command(permission="auth.change_group", path="crash")
    def crash(self, obj: Group, data: dict[str, Any]) -> None:
        """A defect."""
        connection.cursor().execute("SELECT secret_column FROM nowhere")

    @command(detail=False, status=204)
    def undeclared(self, data: dict[str, Any]) -> None:
        """A command nobody gave a permission."""


class FamilySerializer(CamelModelSerializer):
    """A login."""

    class Meta:
        model = TokenFamily
        fields = ("id", "user", "current_jti", "expire_time", "revoke_time")


class FamilyViewSet(ReadViewSet):
    """Logins: members see their own; ordered by a column with empty values."""

    queryset = TokenFamily.objects.all()
    serializer_class = FamilySerializer
    ordering_fields = ("revoke_time", "current_jti")
    permission_map: ClassVar[dict[str, str]] = {"list": "auth.view_group", "retrieve": "auth.view_group"}

    @command(detail=False, permission="auth.add_group", status=201)
    def make(self, data: dict[str, Any]) -> TokenFamily:
        """One more row per call."""
        row: TokenFamily = TokenFamily.objects.create(
            user_id=self.actor.user_id, current_jti="made", expire_time=clock.now()
        )
        return row

    customer_actions: ClassVar[frozenset[str]] = frozenset({"list", "retrieve"})

    def customer_queryset(self, qs: models.QuerySet[Any], partner_id: int) -> models.QuerySet[Any]:
        """``pid`` is the user's id in these tests."""
        return qs.filter(user_id=partner_id)


class UserSerializer(CamelModelSerializer):
    """A user."""

    class Meta:
        model = User
        fields = ("id", "username", "display_name", "is_active", "date_joined")
        read_only_fields = ("username",)


class UserViewSet(CrudViewSet):
    """Users: no mapped permissions beyond the model's own."""

    queryset = User.objects.all()
    serializer_class = UserSerializer

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Slow lists are not tested here."""
        return super().list(request, *args, **kwargs)


ENTRIES: list[Any] = [
    ("group", GroupViewSet, "group"),
    ("family", FamilyViewSet, "family"),
    ("user", UserViewSet, "user"),
]

urlpatterns = [path("api/v1/test/", include(routes(ENTRIES))), *real_patterns]
