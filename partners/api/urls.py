"""Routes of the app, assembled by ``vmi.urls``."""

from django.urls import path

from partners.api.views import LevelViewSet, PartnerViewSet, RegisterView

vmi_router_entries = [("partner", PartnerViewSet, "partner")]
app_entries = [("levels", LevelViewSet, "level")]
urlpatterns = [path("register/", RegisterView.as_view(), name="partner-register")]
