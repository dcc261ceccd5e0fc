"""Routes of warehousing: the documents' entities under ``vmi/``, the rest under ``warehousing/`` (C-61)."""

from django.urls import path

from vmi.api.routers import Entry
from warehousing.api import views, wms_views
from warehousing.api.webhook import WmsEventsView, WmsSnapshotView

vmi_router_entries: list[Entry] = [
    ("warehouse", views.WarehouseViewSet, "warehouse"),
    ("warehouse/shelf", views.ShelfViewSet, "shelf"),
]

app_entries: list[Entry] = [
    ("zones", views.ZoneViewSet, "zones"),
    ("locations", views.LocationViewSet, "locations"),
    ("owners", views.OwnerViewSet, "owners"),
    ("shipNotices", wms_views.ShipNoticeViewSet, "ship-notices"),
    ("wmsConnections", wms_views.WmsConnectionViewSet, "wms-connections"),
    ("wmsMessages", wms_views.WmsMessageViewSet, "wms-messages"),
]

urlpatterns = [
    path("wms/<str:code>/events/", WmsEventsView.as_view(), name="wms-events"),
    path("wms/<str:code>/snapshot/", WmsSnapshotView.as_view(), name="wms-snapshot"),
]
