"""What the platform's own hosts answer: the platform's back office; nothing of any namespace (S15)."""

from django.urls import include, path
from django.views.generic import RedirectView

from vmi.core.admin import platform_site

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="admin:index"), name="home"),
    path("admin/", platform_site.urls),
    path("i18n/", include("django.conf.urls.i18n")),
]

handler400 = "vmi.api.error_pages.bad_request"
handler403 = "vmi.api.error_pages.permission_denied"
handler404 = "vmi.api.error_pages.not_found"
handler500 = "vmi.api.error_pages.server_error"
