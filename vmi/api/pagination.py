"""Keyset pages: no COUNT, no OFFSET, so a list is as fast on its last page as on its first.

A cursor holds the ordering values of the row at the edge of the page. The primary key always closes
the ordering, so that equal values neither repeat nor hide rows.
"""

import re
from collections.abc import Sequence
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import remove_query_param, replace_query_param

from vmi.api.cursors import Cursor, Key, read_cursor, signature, write_cursor
from vmi.api.naming import camel
from vmi.core.exceptions import InvalidRequest

PAGE_SIZE = 50
PAGE_SIZE_MAX = 200

_PAGE_SIZE = re.compile(r"[1-9][0-9]{0,2}")


class CursorPages(BasePagination):
    """``{results, next, previous}``; parameters ``cursor``, ``pageSize`` (1–200) and ``ordering``."""

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        """The rows of one page; remembers the edges for the links."""
        self.request = request
        self.size = self._page_size(request)
        self.keys = ordering_keys(queryset, request, view)
        self.cursor = self._read_cursor(request)
        backwards = self.cursor is not None and self.cursor.backwards

        rows = list(self._window(queryset, backwards)[: self.size + 1])
        self.more = len(rows) > self.size
        self.page = rows[: self.size]
        if backwards:
            self.page.reverse()
        return self.page

    def get_paginated_response(self, data: Any) -> Response:
        """The page with links to its neighbours, null at the ends."""
        return Response({"results": data, "next": self._next(), "previous": self._previous()})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """The page in the OpenAPI document."""
        link = {"type": "string", "format": "uri", "nullable": True}
        return {
            "type": "object",
            "required": ["results", "next", "previous"],
            "properties": {"results": schema, "next": link, "previous": link},
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        """The parameters in the OpenAPI document."""
        names = [camel(name) for name in getattr(view, "ordering_fields", ())]
        choices = sorted([*names, *(f"-{name}" for name in names)])
        size = {"type": "integer", "minimum": 1, "maximum": PAGE_SIZE_MAX, "default": PAGE_SIZE}
        found = [
            {"name": "cursor", "in": "query", "required": False, "schema": {"type": "string"}},
            {"name": "pageSize", "in": "query", "required": False, "schema": size},
        ]
        if choices:
            ordering = {"type": "string", "enum": choices}
            found.append({"name": "ordering", "in": "query", "required": False, "schema": ordering})
        return found

    def _page_size(self, request: Request) -> int:
        text = request.query_params.get("pageSize", str(PAGE_SIZE))
        if not _PAGE_SIZE.fullmatch(text) or int(text) > PAGE_SIZE_MAX:
            raise InvalidRequest(
                _("pageSize is a number from 1 to %(max)s."),
                code="invalid_page_size",
                param="pageSize",
                details={"max": PAGE_SIZE_MAX},
            )
        return int(text)

    def _window(self, queryset: QuerySet[Any], backwards: bool) -> QuerySet[Any]:
        rows = queryset.order_by(*(_order(key, backwards) for key in self.keys))
        if self.cursor is None:
            return rows
        return rows.filter(_beyond(self.keys, self.cursor.values, backwards))

    def _next(self) -> str | None:
        has_next = bool(self.page) and (self.more or (self.cursor is not None and self.cursor.backwards))
        return self._link(self.page[-1], backwards=False) if has_next else None

    def _previous(self) -> str | None:
        if self.cursor is None or not self.page:
            return None
        if self.cursor.backwards and not self.more:
            return None
        return self._link(self.page[0], backwards=True)

    def _link(self, row: Any, *, backwards: bool) -> str:
        values = tuple(row[key.name] if isinstance(row, dict) else getattr(row, key.name) for key in self.keys)
        url = remove_query_param(self.request.build_absolute_uri(), "cursor")
        return replace_query_param(url, "cursor", write_cursor(Cursor(signature(self.keys), values, backwards)))

    def _read_cursor(self, request: Request) -> Cursor | None:
        text = request.query_params.get("cursor", "")
        return read_cursor(text, self.keys) if text else None


def ordering_keys(queryset: QuerySet[Any], request: Request, view: Any) -> list[Key]:
    """The ordering asked for, or the view's own, closed by the primary key. Raises InvalidRequest."""
    declared = {camel(name): name for name in getattr(view, "ordering_fields", ())}
    wanted = request.query_params.get("ordering", "")
    names = [_declared_name(item, declared) for item in wanted.split(",")] if wanted else _default_names(view)
    keys = [_key(queryset, name) for name in names]
    pk = queryset.model._meta.pk
    if all(key.name != pk.name for key in keys):
        keys.append(Key(pk.name, pk, keys[0].descending if keys else True))
    return keys


def _declared_name(item: str, declared: dict[str, str]) -> str:
    name = declared.get(item.removeprefix("-"))
    if name is None:
        raise InvalidRequest(
            _("The list cannot be ordered by this."),
            code="invalid_ordering",
            param="ordering",
            details={"allowed": sorted(declared)},
        )
    return f"-{name}" if item.startswith("-") else name


def _default_names(view: Any) -> list[str]:
    names = getattr(view, "ordering", None) or ()
    return [names] if isinstance(names, str) else list(names)


def _key(queryset: QuerySet[Any], signed: str) -> Key:
    name = signed.removeprefix("-")
    annotation = queryset.query.annotations.get(name)
    field = annotation.output_field if annotation is not None else queryset.model._meta.get_field(name)
    return Key(name, field, signed.startswith("-"))


def _order(key: Key, backwards: bool) -> Any:
    descending = key.descending is not backwards
    if not key.field.null:
        return F(key.name).desc() if descending else F(key.name).asc()
    # Empty values come last when read forwards, so they come first when read backwards.
    place = {"nulls_first": True} if backwards else {"nulls_last": True}
    return F(key.name).desc(**place) if descending else F(key.name).asc(**place)


def _beyond(keys: Sequence[Key], values: Sequence[Any], backwards: bool) -> Q:
    """Rows after the edge: greater in the first column, or equal in it and greater in the next …"""
    found, equal = Q(), Q()
    for key, value in zip(keys, values, strict=True):
        strictly = _after(key, value, backwards)
        if strictly is not None:
            found |= equal & strictly
        equal &= Q(**{f"{key.name}__isnull": True}) if value is None else Q(**{key.name: value})
    return found


def _after(key: Key, value: Any, backwards: bool) -> Q | None:
    if value is None:
        return Q(**{f"{key.name}__isnull": False}) if backwards else None
    lookup = "lt" if key.descending is not backwards else "gt"
    strictly = Q(**{f"{key.name}__{lookup}": value})
    if key.field.null and not backwards:
        strictly |= Q(**{f"{key.name}__isnull": True})
    return strictly
