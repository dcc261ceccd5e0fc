"""Routes of viewsets; ids are numbers, and ``SlashMiddleware`` makes every path answer without its slash too (C-61)."""

from collections.abc import Iterable
from typing import Any

from rest_framework.routers import SimpleRouter
from rest_framework.viewsets import ViewSetMixin

Entry = tuple[str, type[ViewSetMixin], str]
"""(prefix, viewset, basename): ``("store/stockin", StockInViewSet, "stockin")``."""

ID_REGEX = "[0-9]{1,19}"


class ApiRouter(SimpleRouter):
    """Routes with a closing slash and numeric ids; a viewset may set its own ``lookup_value_regex``."""

    def get_lookup_regex(self, viewset: Any, lookup_prefix: str = "") -> str:
        """Ids are digits, so that ``/goods/low-stock/`` never reads as an id."""
        if getattr(viewset, "lookup_value_regex", None) or getattr(viewset, "lookup_value_converter", None):
            return super().get_lookup_regex(viewset, lookup_prefix)
        name = viewset.lookup_url_kwarg or viewset.lookup_field
        return f"(?P<{lookup_prefix}{name}>{ID_REGEX})"


def routes(entries: Iterable[Entry]) -> list[Any]:
    """URL patterns of the listed viewsets; longer prefixes first, so that ``store/goods`` wins over ``store``."""
    router = ApiRouter()
    for prefix, viewset, basename in sorted(entries, key=lambda entry: -len(entry[0])):
        router.register(prefix, viewset, basename=basename)
    return list(router.urls)
