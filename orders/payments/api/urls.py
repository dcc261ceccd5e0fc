"""Routes of payments: an order's own commands below ``vmi/order``, the rest below ``payments/``."""

from django.urls import path

from orders.payments.api.views import CallbackView, OrderPaymentViewSet, PaymentViewSet, RefundViewSet
from vmi.api.routers import Entry

vmi_router_entries: list[Entry] = [("order", OrderPaymentViewSet, "order-payment")]

app_entries: list[Entry] = [("payments", PaymentViewSet, "payments"), ("refunds", RefundViewSet, "refunds")]

urlpatterns = [path("callbacks/<str:provider>/", CallbackView.as_view(), name="payment-callback")]
