"""Channels over HTTP: opening one, whose goods it sells from where, and its rules."""

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from inventory.api import channel_serializers as bodies
from inventory.api.quota_filters import ChannelRulesFilter
from inventory.models import Channel
from inventory.services.channels import SourceInput, add_channel_source, create_channel, remove_channel_source
from inventory.services.display_rules import set_channel_rules
from vmi.api.viewsets import IdempotentMixin, ReadViewSet, command
from vmi.core.exceptions import InvalidRequest
from warehousing import selectors as warehousing

RULES = "inventory.set_channel_rules"


class ChannelRulesViewSet(IdempotentMixin, ReadViewSet):
    """Sales channels: what they sell from where, what their customers see, which warehouse serves them."""

    queryset = Channel.objects.prefetch_related("sources")
    serializer_class = bodies.ChannelRulesSerializer
    filterset_class = ChannelRulesFilter
    ordering_fields = ("code", "name", "create_time")
    permission_map: ClassVar[dict[str, str]] = {"create": "inventory.add_channel"}

    @extend_schema(request=bodies.NewChannelSerializer, responses={201: bodies.ChannelRulesSerializer})
    def create(self, request: Request) -> Response:
        """Open a channel of its own, such as a marketplace or an app (header Idempotency-Key); stores open theirs."""
        body = bodies.NewChannelSerializer(data=request.data, context=self.get_serializer_context())
        body.is_valid(raise_exception=True)
        data = dict(body.validated_data)
        sources = [_known_source(row, f"sources[{index}].") for index, row in enumerate(data.pop("sources"))]
        made = create_channel(
            code=data.pop("code"), name=data.pop("name"), sources=sources, rules=data, actor=self.actor
        )
        return Response(self.get_serializer(self.get_queryset().get(pk=made.pk)).data, status=201)

    @command(permission=RULES, request=bodies.ChannelRulesBodySerializer)
    def rules(self, obj: Channel, data: dict[str, Any]) -> None:
        """Change the rules given; the others stay."""
        set_channel_rules(channel_id=obj.pk, rules=data, actor=self.actor)

    @command(permission=RULES, request=bodies.SourceBodySerializer)
    def source(self, obj: Channel, data: dict[str, Any]) -> None:
        """Let the channel sell an owner's goods from a warehouse, or change the priority of that."""
        found = _known_source(data)
        add_channel_source(
            channel_id=obj.pk,
            warehouse_id=found.warehouse_id,
            owner_id=found.owner_id,
            priority=found.priority,
            actor=self.actor,
        )

    @command(permission=RULES, request=bodies.DropSourceSerializer)
    def drop_source(self, obj: Channel, data: dict[str, Any]) -> None:
        """Let it sell these goods no more; what it promised stays promised."""
        remove_channel_source(
            channel_id=obj.pk, warehouse_id=data["warehouse"], owner_id=data["owner"], actor=self.actor
        )


def _known_source(data: dict[str, Any], where: str = "") -> SourceInput:
    """The source of a body. Raises InvalidRequest for a warehouse or an owner that does not exist."""
    if not warehousing.warehouses_by_id([data["warehouse"]]):
        raise InvalidRequest(_("The warehouse does not exist."), code="does_not_exist", param=f"{where}warehouse")
    if not warehousing.owners_by_id([data["owner"]]):
        raise InvalidRequest(_("The owner does not exist."), code="does_not_exist", param=f"{where}owner")
    return SourceInput(data["warehouse"], data["owner"], data["priority"])
