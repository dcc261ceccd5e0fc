"""Return endpoints: reading, receiving, inspecting, rejecting."""

from typing import Any

from django.db.models import QuerySet

from orders import services
from orders.api.filters import ReturnFilter
from orders.api.returns import (
    InspectReturnSerializer,
    ReceiveReturnSerializer,
    RejectReturnSerializer,
    ReturnOrderSerializer,
    inspections,
)
from orders.api.scope import StoreScope
from orders.models import ReturnOrder
from vmi.api.viewsets import ReadViewSet, command


class ReturnViewSet(StoreScope, ReadViewSet):
    """``orders/returns``: returns with their lines; members see their own."""

    queryset = ReturnOrder.objects.select_related("order").prefetch_related("lines__item")
    serializer_class = ReturnOrderSerializer
    filterset_class = ReturnFilter
    ordering_fields = ("create_time", "sn")
    store_path = "order__store_id"
    customer_actions = frozenset({"list", "retrieve"})

    def customer_queryset(self, qs: QuerySet[Any], partner_id: int) -> QuerySet[Any]:
        """Returns of a member's own orders."""
        return qs.filter(order__customer_id=partner_id)

    @command(permission="orders.receive_return", request=ReceiveReturnSerializer)
    def receive(self, obj: ReturnOrder, data: dict[str, Any]) -> None:
        """The goods are back and wait for inspection."""
        services.receive_return(return_id=obj.pk, location_id=data["location"], actor=self.actor)

    @command(permission="orders.inspect_return", request=InspectReturnSerializer)
    def inspect(self, obj: ReturnOrder, data: dict[str, Any]) -> None:
        """Good units are sellable again, bad ones stay locked, the buyer is refunded."""
        services.inspect_return(
            return_id=obj.pk,
            lines=inspections(data["lines"]),
            refund_amount=data["refund_amount"],
            actor=self.actor,
        )

    @command(permission="orders.reject_return", request=RejectReturnSerializer)
    def reject(self, obj: ReturnOrder, data: dict[str, Any]) -> None:
        """The goods are not taken back."""
        services.reject_return(return_id=obj.pk, reason=data["reason"], actor=self.actor)
