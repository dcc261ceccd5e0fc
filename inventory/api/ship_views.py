"""Shipping orders kept elsewhere: telling their warehouses, and saying by hand that the goods left."""

from typing import Any

from inventory.api.ship_serializers import (
    ConfirmShippedSerializer,
    ShipOrderSerializer,
    ShippedNoticesSerializer,
    ShipPicksSerializer,
)
from inventory.models import Reservation
from inventory.selectors.holds import EXTERNAL_ORDER
from inventory.services.external_ship import confirm_order_shipped, ship_order
from vmi.api.viewsets import ApiViewSet, command
from vmi.core.sources import Source
from warehousing.selectors import notices_of_source


class ExternalShipViewSet(ApiViewSet):
    """The last steps of an order kept elsewhere, after ``deduct``; staff only."""

    queryset = Reservation.objects.all()
    serializer_class = ShipPicksSerializer

    @command(
        detail=False,
        permission="inventory.change_reservation",
        request=ShipOrderSerializer,
        response=ShipPicksSerializer,
        idempotent=True,
    )
    def ship(self, data: dict[str, Any]) -> dict[str, Any]:
        """Hold the goods on their locations and tell the warehouses (header Idempotency-Key)."""
        picks = ship_order(
            order_no=data["order_no"],
            consignee=data["consignee"],
            actor=self.actor,
            dry_run=data["dry_run"],
        )
        notices = notices_of_source(Source(EXTERNAL_ORDER, data["order_no"]))
        return {"order_no": data["order_no"], "picks": picks, "notices": notices}

    @command(
        detail=False,
        permission="warehousing.confirm_shipnotice",
        request=ConfirmShippedSerializer,
        response=ShippedNoticesSerializer,
        idempotent=True,
    )
    def confirm(self, data: dict[str, Any]) -> dict[str, Any]:
        """Everything left, where no warehouse system says so (header Idempotency-Key)."""
        closed = confirm_order_shipped(
            order_no=data["order_no"],
            company=data["company"],
            tracking_no=data["tracking_no"],
            actor=self.actor,
            dry_run=data["dry_run"],
        )
        notices = notices_of_source(Source(EXTERNAL_ORDER, data["order_no"]))
        return {"order_no": data["order_no"], "confirmed": closed, "notices": notices}
