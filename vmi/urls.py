"""What a namespace's host answers: its back office and its API; nothing of the platform (S15)."""

from django.urls import include, path
from django.views.generic import RedirectView

from vmi.core.admin import namespace_site

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="admin:index"), name="home"),
    path("admin/", namespace_site.urls),
    path("i18n/", include("django.conf.urls.i18n")),
    path("api/", include(("vmi.api.urls", "api"))),
    path("pay/", include("orders.payments.urls")),
]

handler400 = "vmi.api.error_pages.bad_request"
handler403 = "vmi.api.error_pages.permission_denied"
handler404 = "vmi.api.error_pages.not_found"
handler500 = "vmi.api.error_pages.server_error"
