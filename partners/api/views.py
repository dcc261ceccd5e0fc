"""Endpoints of members and levels."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import AnonRateThrottle

from partners.api.filters import LevelFilter, PartnerFilter
from partners.api.serializers import (
    LevelSerializer,
    OwnPartnerSerializer,
    PartnerSerializer,
    RegisterBody,
    RegisteredSerializer,
)
from partners.models import Level, Partner
from partners.services import (
    create_level,
    disable_partner,
    enable_partner,
    register_customer,
    register_partner,
    update_level,
    update_partner,
)
from vmi.api.auth_views import PublicView
from vmi.api.permissions import is_customer
from vmi.api.viewsets import CrudViewSet, command


class PartnerViewSet(CrudViewSet):
    """Members (S000-7). Members themselves read their own record only."""

    queryset = Partner.objects.select_related("level")
    serializer_class = PartnerSerializer
    filterset_class = PartnerFilter
    ordering_fields = ("id", "code", "name", "create_time")
    customer_actions = frozenset({"list", "retrieve"})

    def get_serializer_class(self) -> Any:
        """Members do not see what staff noted about them."""
        return OwnPartnerSerializer if is_customer(self.request.user) else PartnerSerializer

    def customer_queryset(self, qs: QuerySet[Partner], partner_id: int) -> QuerySet[Partner]:
        """The caller's own record."""
        return qs.filter(pk=partner_id)

    def create_object(self, data: dict[str, Any]) -> Partner:
        """Register a member."""
        referer = data.pop("referer", None)
        return register_partner(**data, referer_code=referer.code if referer else None, actor=self.actor)

    def update_object(self, instance: Any, data: dict[str, Any]) -> Partner:
        """Change a member's data."""
        if "referer" in data:
            referer = data.pop("referer")
            data["referer_id"] = referer.pk if referer else None
        return update_partner(partner_id=instance.pk, changes=data, actor=self.actor)

    @command(permission="partners.disable_partner")
    def enable(self, partner: Partner, data: dict[str, Any]) -> None:
        """Let a disabled member act again."""
        enable_partner(partner_id=partner.pk, actor=self.actor)

    @command(permission="partners.disable_partner")
    def disable(self, partner: Partner, data: dict[str, Any]) -> None:
        """Stop a member from signing in, buying and spending."""
        disable_partner(partner_id=partner.pk, actor=self.actor)


class LevelViewSet(CrudViewSet):
    """Levels of members (S002-3)."""

    queryset = Level.objects.all()
    serializer_class = LevelSerializer
    filterset_class = LevelFilter
    ordering_fields = ("min_points", "sort")
    ordering = ("min_points",)

    def create_object(self, data: dict[str, Any]) -> Level:
        """Add a level."""
        return create_level(**data, actor=self.actor)

    def update_object(self, instance: Any, data: dict[str, Any]) -> Level:
        """Change a level."""
        return update_level(level_id=instance.pk, changes=data, actor=self.actor)


class RegistrationThrottle(AnonRateThrottle):
    """Against robots that open accounts: per address and namespace (anti-automation)."""

    rate = "60/hour"
    scope = "register"


class RegisterView(PublicView):
    """Customers register themselves."""

    throttle_classes = (RegistrationThrottle,)

    @extend_schema(request=RegisterBody, responses={201: RegisteredSerializer}, auth=[], tags=["partners"])
    def post(self, request: Request) -> Response:
        """Open a login of the role customer together with its member; sign in at ``/auth/login/`` next."""
        body = RegisterBody(data=request.data)
        body.is_valid(raise_exception=True)
        partner = register_customer(**body.validated_data)
        return Response(RegisteredSerializer(partner).data, status=201)
