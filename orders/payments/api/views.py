"""Payment endpoints. Money is believed from verified callbacks and finance only, never from a buyer's body."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from orders.api.scope import StoreScope
from orders.models import Order
from orders.payments import services
from orders.payments.api.filters import PaymentFilter, RefundFilter
from orders.payments.api.serializers import (
    CallbackAnswerSerializer,
    ConfirmRefundSerializer,
    OfflinePaymentSerializer,
    OpenedPaymentSerializer,
    OpenPaymentSerializer,
    PaymentSerializer,
    RefundSerializer,
)
from orders.payments.models import Payment, Refund
from orders.tasks import release_paid
from vmi.api.viewsets import ApiViewSet, ReadViewSet, command
from vmi.namespaces.tasks import delay_in_namespace


class OrderPaymentViewSet(StoreScope, ApiViewSet):
    """``vmi/order/<id>/pay`` and ``…/pay-offline``: the two ways to pay an order."""

    queryset = Order.objects.all()
    serializer_class = PaymentSerializer
    customer_actions = frozenset({"pay"})

    def customer_queryset(self, qs: QuerySet[Any], partner_id: int) -> QuerySet[Any]:
        """A member pays their own orders."""
        return qs.filter(customer_id=partner_id)

    @command(
        permission="payments.add_payment",
        request=OpenPaymentSerializer,
        response=OpenedPaymentSerializer,
        idempotent=True,
        status=201,
    )
    def pay(self, obj: Order, data: dict[str, Any]) -> services.OpenedPayment:
        """Open a payment with a provider (header Idempotency-Key)."""
        return services.open_payment(order_id=obj.pk, provider=data["provider"], actor=self.actor)

    @command(
        permission="payments.confirm_offline_payment",
        request=OfflinePaymentSerializer,
        response=PaymentSerializer,
        idempotent=True,
        status=201,
    )
    def pay_offline(self, obj: Order, data: dict[str, Any]) -> Payment:
        """Finance has the cash or the transfer (header Idempotency-Key)."""
        payment = services.confirm_offline_payment(
            order_id=obj.pk, amount=data["amount"], reference=data["reference"], actor=self.actor
        )
        delay_in_namespace(release_paid)
        return payment


class PaymentViewSet(StoreScope, ReadViewSet):
    """``payments/payments``: read only; members see their own."""

    queryset = Payment.objects.select_related("order")
    serializer_class = PaymentSerializer
    filterset_class = PaymentFilter
    ordering_fields = ("create_time", "amount")
    store_path = "order__store_id"
    customer_actions = frozenset({"list", "retrieve"})

    def customer_queryset(self, qs: QuerySet[Any], partner_id: int) -> QuerySet[Any]:
        """Payments of a member's own orders."""
        return qs.filter(order__customer_id=partner_id)


class RefundViewSet(StoreScope, ReadViewSet):
    """``payments/refunds``: what goes back; finance confirms what it paid by hand."""

    queryset = Refund.objects.select_related("payment")
    serializer_class = RefundSerializer
    filterset_class = RefundFilter
    ordering_fields = ("create_time", "amount")
    store_path = "payment__order__store_id"
    customer_actions = frozenset({"list", "retrieve"})

    def customer_queryset(self, qs: QuerySet[Any], partner_id: int) -> QuerySet[Any]:
        """Refunds of a member's own orders."""
        return qs.filter(payment__order__customer_id=partner_id)

    @command(permission="payments.confirm_refund", request=ConfirmRefundSerializer)
    def confirm(self, obj: Refund, data: dict[str, Any]) -> None:
        """The money went back by hand."""
        services.confirm_refund(refund_id=obj.pk, reference=data["reference"], actor=self.actor)


class CallbackView(APIView):
    """``POST payments/callbacks/<provider>/``: a provider speaks; its signature stands for the token."""

    authentication_classes = ()
    permission_classes = ()

    @extend_schema(request=None, responses={200: CallbackAnswerSerializer}, auth=[])
    def post(self, request: Request, provider: str) -> Response:
        """Verify and apply one message; a repeated one is answered alike (R06)."""
        body = request._request.body  # parsers would consume the stream the signature is about
        payment = services.receive_callback(provider=provider, headers=request.headers, body=body)
        delay_in_namespace(release_paid)
        return Response(CallbackAnswerSerializer(payment).data)
