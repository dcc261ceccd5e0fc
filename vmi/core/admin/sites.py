"""Two back offices: one of a namespace, one of the platform. Neither lists the other's models (S17)."""

from typing import Any

from django.db import connection
from django.http import HttpRequest
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from unfold.sites import UnfoldAdminSite

from vmi.core.tenancy import PUBLIC_SCHEMA


class NamespaceSite(UnfoldAdminSite):
    """The back office of one namespace; refuses to work when the connection speaks to the platform."""

    site_title = _("Inventory back office")
    site_header = _("Inventory back office")
    index_title = _("Dashboard")

    def extra_urls(self) -> list[URLPattern]:
        """The way from a document's number to its page."""
        from vmi.core.admin.sources import source_view

        return [path("go/<str:kind>/<path:number>/", self.admin_view(source_view), name="source")]

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """What every page knows, with the banners of those signed in."""
        from vmi.core.admin.dashboard import banners

        found: dict[str, Any] = super().each_context(request)
        return {**found, "banners": banners(request) if self.has_permission(request) else []}

    def has_permission(self, request: HttpRequest) -> bool:
        """Staff of the namespace the host belongs to."""
        return connection.schema_name != PUBLIC_SCHEMA and bool(super().has_permission(request))


class PlatformSite(UnfoldAdminSite):
    """The back office of the platform: namespaces, domains, schedules, platform users."""

    settings_name = "UNFOLD_PLATFORM"
    site_title = _("Platform")
    site_header = _("Platform")
    index_title = _("Platform overview")

    def has_permission(self, request: HttpRequest) -> bool:
        """Platform staff, on the platform's own hosts only."""
        return connection.schema_name == PUBLIC_SCHEMA and bool(super().has_permission(request))


namespace_site = NamespaceSite(name="admin")
platform_site = PlatformSite(name="admin")
"""Both answer to ``admin:`` names; each is mounted in a URLconf of its own."""
