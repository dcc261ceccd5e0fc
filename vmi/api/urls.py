"""``/api/…`` of a namespace, assembled from every installed app's ``api/urls.py``.

An app exports ``vmi_router_entries`` (below ``/api/v1/vmi/``, the paths of the customer's documents),
``app_entries`` and ``urlpatterns`` (below ``/api/v1/<app>/``); C-61.
"""

from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any

from django.apps import apps
from django.urls import include, path

from vmi.api.auth_views import LoginView, LogoutView, RefreshView, WhoView
from vmi.api.routers import Entry, routes
from vmi.api.views import DocsView, SchemaView, StatusViewSet

OWN_ENTRIES: list[Entry] = [("status", StatusViewSet, "status")]


def app_modules() -> list[tuple[str, ModuleType]]:
    """(label, module) of every app outside the kernel that has an ``api/urls.py``."""
    found = []
    for config in apps.get_app_configs():
        if config.name.startswith(("vmi.", "django.")) or find_spec(f"{config.name}.api") is None:
            continue
        if find_spec(f"{config.name}.api.urls") is not None:
            found.append((config.label, import_module(f"{config.name}.api.urls")))
    return found


def _documents_routes(modules: list[tuple[str, ModuleType]]) -> list[Any]:
    entries = list(OWN_ENTRIES)
    for _label, module in modules:
        entries.extend(getattr(module, "vmi_router_entries", []))
    return routes(entries)


def _app_routes(modules: list[tuple[str, ModuleType]]) -> list[Any]:
    found = []
    for label, module in modules:
        own = [*getattr(module, "urlpatterns", []), *routes(getattr(module, "app_entries", []))]
        if own:
            found.append(path(f"v1/{label}/", include(own)))
    return found


_modules = app_modules()

urlpatterns = [
    path("v1/auth/login/", LoginView.as_view(), name="login"),
    path("v1/auth/refresh/", RefreshView.as_view(), name="refresh"),
    path("v1/auth/logout/", LogoutView.as_view(), name="logout"),
    path("v1/auth/me/", WhoView.as_view(), name="me"),
    path("v1/schema/", SchemaView.as_view(), name="schema"),
    path("docs/", DocsView.as_view(url_name="api:schema"), name="docs"),
    path("v1/vmi/", include(_documents_routes(_modules))),
    *_app_routes(_modules),
]
