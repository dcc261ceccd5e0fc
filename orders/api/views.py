"""Order endpoints: reading with filters, placing, and the commands of an order's life."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from inventory.exceptions import InsufficientStock
from inventory.selectors.refusals import as_members_see
from orders import services
from orders.api.as_order import TYPE_PARAMETER, ReturnAsOrderSerializer, returns_as_orders, wanted_type
from orders.api.filters import GoodsItemFilter, OrderFilter
from orders.api.returns import ReturnOrderSerializer
from orders.api.scope import StoreScope
from orders.api.serializers import (
    CancelSerializer,
    GoodsItemSerializer,
    OrderSerializer,
    PlaceOrderSerializer,
    RequestReturnSerializer,
    consignee_of,
    order_items,
    return_items,
)
from orders.choices import OrderType
from orders.exceptions import ForeignCustomer
from orders.models import GoodsItem, Order, ReturnOrder
from orders.selectors import get_order
from vmi.api.permissions import is_customer
from vmi.api.viewsets import ReadViewSet, command
from vmi.core.exceptions import NotAllowed


class OrderViewSet(StoreScope, ReadViewSet):
    """``vmi/order``: orders with their lines. Members see and act on their own only (S003-20)."""

    queryset = Order.objects.prefetch_related("items")
    serializer_class = OrderSerializer
    filterset_class = OrderFilter
    ordering_fields = ("create_time", "cost", "sn")
    permission_map: ClassVar[dict[str, str]] = {"create": "orders.add_order"}
    customer_actions = frozenset({"list", "retrieve", "create", "cancel", "complete", "return_goods"})
    idempotent_actions = frozenset({"create"})
    query_parameters: ClassVar[dict[str, frozenset[str] | set[str]]] = {"list": frozenset({TYPE_PARAMETER})}

    def get_queryset(self) -> QuerySet[Any]:
        """The visible orders, each told whether it is overdue."""
        rows: Any = super().get_queryset()
        return rows.with_overdue()

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Sales, or with ``type=2`` returns in the shape of orders (C-29)."""
        if wanted_type(request) is OrderType.SALE:
            return super().list(request, *args, **kwargs)
        rows, visible = returns_as_orders(request), self.visible_stores()
        if visible is not None:
            rows = rows.filter(order__store_id__in=visible)
        if is_customer(request.user):
            rows = rows.filter(order__customer_id=self.partner_id or 0)
        page = self.paginate_queryset(rows)
        return self.get_paginated_response(
            ReturnAsOrderSerializer(page, many=True, context=self.get_serializer_context()).data
        )

    def customer_queryset(self, qs: QuerySet[Any], partner_id: int) -> QuerySet[Any]:
        """A member's own orders."""
        return qs.filter(customer_id=partner_id)

    @extend_schema(request=PlaceOrderSerializer, responses={201: OrderSerializer})
    def create(self, request: Request) -> Response:
        """Place an order: the store's prices, the goods held until ``expiresAt`` (header Idempotency-Key)."""
        body = PlaceOrderSerializer(data=request.data, context=self.get_serializer_context())
        body.is_valid(raise_exception=True)
        data = body.validated_data
        self.require_store(data["store"])
        order = services.place_order(
            store_id=data["store"],
            partner_id=self._customer(data["customer"]),
            items=order_items(data["goods"]),
            consignee=consignee_of(data["consignee"]),
            memo=data["memo"],
            expected_cost=data["cost"],
            actor=self.actor,
        )
        return Response(self.get_serializer(get_order(order.pk)).data, status=201)

    def handle_exception(self, exc: Exception) -> Response:
        """Refuse as always; members are told of a shortage what the channel shows them (C-46)."""
        if isinstance(exc, InsufficientStock) and is_customer(self.request.user):
            exc = as_members_see(exc)
        return super().handle_exception(exc)

    def _customer(self, wanted: int | None) -> int | None:
        """Who the order is for: staff may name anybody or nobody, members are themselves."""
        if not is_customer(self.request.user):
            return wanted
        own = self.partner_id
        if own is None:
            raise NotAllowed
        if wanted is not None and wanted != own:
            raise ForeignCustomer(param="customer")
        return own

    @command(permission="orders.cancel_order", request=CancelSerializer, response=OrderSerializer)
    def cancel(self, obj: Order, data: dict[str, Any]) -> None:
        """Call the order off before the warehouse knows; what was paid is refunded."""
        services.cancel_order(order_id=obj.pk, reason=data["reason"], actor=self.actor)

    @command(permission="orders.release_order", response=OrderSerializer)
    def release(self, obj: Order, data: dict[str, Any]) -> None:
        """Write the ship notice now instead of waiting for the sweep."""
        services.release_to_warehouse(order_id=obj.pk, actor=self.actor)

    @command(permission="orders.complete_order", response=OrderSerializer)
    def complete(self, obj: Order, data: dict[str, Any]) -> None:
        """The customer has the goods."""
        services.complete_order(order_id=obj.pk, actor=self.actor)

    @command(
        permission="orders.request_return",
        request=RequestReturnSerializer,
        response=ReturnOrderSerializer,
        idempotent=True,
        status=201,
        path="return",
    )
    def return_goods(self, obj: Order, data: dict[str, Any]) -> ReturnOrder:
        """Announce goods that come back (header Idempotency-Key)."""
        return services.request_return(
            order_id=obj.pk, lines=return_items(data["lines"]), reason=data["reason"], actor=self.actor
        )


class GoodsItemViewSet(StoreScope, ReadViewSet):
    """``vmi/order/goodsItem``: the lines of orders, read only; they change with their order."""

    queryset = GoodsItem.objects.all()
    serializer_class = GoodsItemSerializer
    filterset_class = GoodsItemFilter
    store_path = "order__store_id"
    customer_actions = frozenset({"list", "retrieve"})

    def customer_queryset(self, qs: QuerySet[Any], partner_id: int) -> QuerySet[Any]:
        """The lines of a member's own orders."""
        return qs.filter(order__customer_id=partner_id)
