"""Every URL of a namespace's host, read from the resolver, and how to fill its placeholders with somebody's ids."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.apps import apps
from django.db.models import Max, Min, Model
from django.urls import URLPattern, URLResolver, get_resolver

from tests.support.population import Populated

NAMESPACE_URLS, PLATFORM_URLS = "vmi.urls", "vmi.urls_public"

_CONVERTER = re.compile(r"<(?:[^:>]+:)?([^>]+)>")
_GROUP = re.compile(r"\(\?P<([^>]+)>(?:\[[^\]]*\](?:\{[^}]*\})?|[^()])*\)")
_ADMIN_OBJECT = re.compile(r"^admin/([a-z_]+)/([a-z_]+)/")

CATCH_ALL = "admin/(?P<url>.*)$"


_ID_OF = {
    "api/v1/inventory/{pk}/": "catalog.product",
    "api/v1/inventory/{pk}/transactions/": "inventory.logicalstock",
}
"""Routes whose id is not that of the rows they answer with."""


@dataclass(frozen=True)
class Route:
    """One pattern: ``template`` with ``{name}`` for each placeholder, and what answers there."""

    template: str
    name: str
    callback: Any

    @property
    def is_api(self) -> bool:
        """Below ``/api/``; the schema and its page are pages, not resources."""
        return self.template.startswith("api/v1/")

    @property
    def is_admin(self) -> bool:
        """Below ``/admin/``."""
        return self.template.startswith("admin/")

    @property
    def placeholders(self) -> list[str]:
        """The names to fill."""
        return re.findall(r"\{([^}]+)\}", self.template)

    @property
    def methods(self) -> dict[str, str]:
        """Method → action of an API route, in lower case; HEAD follows GET."""
        if actions := getattr(self.callback, "actions", None):
            return {method: action for method, action in actions.items() if method != "head"}
        view = getattr(self.callback, "cls", None)
        return {name: name for name in ("get", "post", "put", "patch", "delete") if hasattr(view, name)}

    @property
    def model(self) -> type[Model] | None:
        """Whose id the path carries, if it carries one."""
        found = _ADMIN_OBJECT.match(self.template)
        if found and found[1] in apps.app_configs:
            return apps.get_model(found[1], found[2])
        if named := _ID_OF.get(self.template):
            return apps.get_model(named)
        queryset = getattr(getattr(self.callback, "cls", None), "queryset", None)
        return None if queryset is None else queryset.model

    def path(self, values: dict[str, Any]) -> str:
        """The path with its placeholders filled; KeyError for one nobody thought of."""
        return "/" + self.template.format_map(values)


@cache
def routes(urlconf: str = NAMESPACE_URLS) -> tuple[Route, ...]:
    """Every pattern, includes followed; the back office's catch-all left out."""
    return tuple(_walk(get_resolver(urlconf), ""))


def _walk(resolver: URLResolver, before: str) -> Iterator[Route]:
    for entry in resolver.url_patterns:
        pattern = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _walk(entry, pattern)
        elif isinstance(entry, URLPattern) and pattern != CATCH_ALL:
            yield Route(_template(pattern), entry.name or "", entry.callback)


def _template(pattern: str) -> str:
    text = _GROUP.sub(r"{\1}", _CONVERTER.sub(r"{\1}", pattern) if "(?P" not in pattern else pattern)
    return text.replace("^", "").replace("$", "")


def values_of(route: Route, made: Populated, *, newest: bool = False) -> dict[str, Any]:
    """What to put into a route's placeholders: the oldest (or newest) row of its model here, and codes of ``made``.

    Runs in the namespace whose rows are meant.
    """
    model = route.model
    found: dict[str, Any] = {
        "code": made.codes["wms"],
        "sn": made.codes["payment"],
        "provider": "development",
        "value": 100,
        "sku_id": made.ids["sku"],
        "app_label": "orders",
        "kind": "order",
        "number": made.codes["order"],
        "content_type_id": 1,
    }
    if model is not None:
        edge = Max("pk") if newest else Min("pk")
        found["pk"] = found["object_id"] = found["id"] = model._default_manager.aggregate(edge=edge)["edge"]
    elif "object_id" in route.placeholders:
        found["object_id"] = made.ids["order"]
    return found
