"""Endpoints of ship notices, WMS connections and the inbox."""

from typing import Any

from django.db import models

from vmi.api.viewsets import ReadViewSet, command
from warehousing import services
from warehousing.api import filters
from warehousing.api import wms_serializers as wire
from warehousing.api.views import ServiceViewSet
from warehousing.models import ShipNotice, WmsConnection, WmsMessage


class ShipNoticeViewSet(ReadViewSet):
    """Ship notices: opened by documents, confirmed here where no system does it."""

    queryset = ShipNotice.objects.prefetch_related("lines").order_by("-id")
    serializer_class = wire.ShipNoticeSerializer
    filterset_class = filters.ShipNoticeFilter
    ordering = ("-id",)
    ordering_fields = ("id", "sn", "create_time")

    @command(permission="warehousing.confirm_shipnotice", request=wire.ConfirmInput)
    def confirm(self, obj: ShipNotice, data: dict[str, Any]) -> None:
        """The goods have left with this parcel: everything still open, or the named units."""
        lines = data.get("lines")
        services.confirm_manually(
            notice_id=obj.pk,
            company=data["company"],
            tracking_no=data["tracking_no"],
            lines=None if lines is None else [services.ShippedQuantity(**line) for line in lines],
            actor=self.actor,
        )

    @command(permission="warehousing.send_shipnotice")
    def send(self, obj: ShipNotice, data: dict[str, Any]) -> None:
        """Make a waiting notice due now; the next sweep sends it."""
        services.retry_ship_notice(notice_id=obj.pk, actor=self.actor)

    @command(permission="warehousing.cancel_shipnotice")
    def confirm_cancel(self, obj: ShipNotice, data: dict[str, Any]) -> None:
        """The goods of a called off notice were held back, in a warehouse without a system."""
        services.confirm_cancel_manually(notice_id=obj.pk, actor=self.actor)

    @command(permission="warehousing.cancel_shipnotice", request=wire.ParcelInput)
    def refuse_cancel(self, obj: ShipNotice, data: dict[str, Any]) -> None:
        """The goods of a called off notice had left already, with this parcel."""
        services.refuse_cancel_manually(
            notice_id=obj.pk, company=data["company"], tracking_no=data["tracking_no"], actor=self.actor
        )

    @command(permission="warehousing.settle_shipnotice", request=wire.HeldBackInput)
    def settle_held_back(self, obj: ShipNotice, data: dict[str, Any]) -> None:
        """The warehouse system never answered the cancellation: a person found the goods still there."""
        services.settle_held_back(notice_id=obj.pk, reason=data["reason"], actor=self.actor)

    @command(permission="warehousing.settle_shipnotice", request=wire.LeftInput)
    def settle_left(self, obj: ShipNotice, data: dict[str, Any]) -> None:
        """The warehouse system never answered the cancellation: a person found out that the goods had left."""
        services.settle_left(
            notice_id=obj.pk,
            company=data["company"],
            tracking_no=data["tracking_no"],
            reason=data["reason"],
            actor=self.actor,
        )


class WmsConnectionViewSet(ServiceViewSet):
    """Links to warehouse systems."""

    queryset = WmsConnection.objects.order_by("-id")
    serializer_class = wire.WmsConnectionSerializer
    update_serializer_class = wire.WmsConnectionUpdateSerializer
    filterset_class = filters.WmsConnectionFilter
    ordering = ("-id",)
    ordering_fields = ("id", "code")

    def create_object(self, data: dict[str, Any]) -> models.Model:
        """Through the service, which checks the address."""
        return services.connect_wms(warehouse_id=data.pop("warehouse").pk, actor=self.actor, **data)

    def update_object(self, instance: models.Model, data: dict[str, Any]) -> models.Model:
        """Through the service."""
        return services.update_connection(connection_id=instance.pk, changes=data, actor=self.actor)

    @command(permission="warehousing.rotate_wmsconnection", request=wire.RotateInput, response=wire.RotateOutput)
    def rotate(self, obj: WmsConnection, data: dict[str, Any]) -> dict[str, str]:
        """A new secret, answered this once; the old one is accepted until ``keepUntil`` (default: a day)."""
        secret = services.rotate_secret(
            connection_id=obj.pk, secret=data.get("secret"), keep_until=data.get("keep_until"), actor=self.actor
        )
        return {"secret": secret}


class WmsMessageViewSet(ReadViewSet):
    """The inbox."""

    queryset = WmsMessage.objects.order_by("-id")
    serializer_class = wire.WmsMessageSerializer
    filterset_class = filters.WmsMessageFilter
    ordering = ("-id",)
    ordering_fields = ("id", "occurred_at")

    @command(permission="warehousing.replay_wmsmessage")
    def replay(self, obj: WmsMessage, data: dict[str, Any]) -> None:
        """Try a quarantined message again, after its cause was removed."""
        services.replay_message(message_id=obj.pk, actor=self.actor)
