"""Pages for buyers: the hosted page of the development gateway, mounted at ``/pay/``."""

from django.urls import path

from orders.payments.views import development_payment

urlpatterns = [path("dev/<str:sn>/", development_payment, name="development-payment")]
