"""From a document's reference (``order``, ``ORD-…``) to its page, without knowing which app it belongs to.

A ModelAdmin names the ``source_type`` its objects go by and the ``source_field`` that holds the number; references
of the form ``app.model`` and an id (the event log's) need no naming.
"""

import re
from functools import cache
from typing import Any

from django.contrib import messages
from django.contrib.admin import SimpleListFilter
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazily

from vmi.core.admin.sites import namespace_site

_ID = re.compile(r"[0-9]{1,18}")

PAGELESS = {
    "adjust": _lazily("stock adjustment"),
    "cart": _lazily("shopping cart"),
    "demo": _lazily("demo data"),
    "extorder": _lazily("order kept elsewhere"),
    "manual": _lazily("entered by hand"),
    "partner": _lazily("member"),
    "purchase": _lazily("supplier's order"),
    "quality": _lazily("quality check"),
    "queue": _lazily("service of the promise queue"),
    "quota": _lazily("quota change"),
    "safety": _lazily("safety stock change"),
    "supply": _lazily("goods on their way"),
    "wmssnapshot": _lazily("stock of a warehouse system"),
    "window": _lazily("end of a quota's window"),
}
"""Kinds of references without a page of their own."""


@cache
def _pages() -> dict[str, type[Model]]:
    """Reference type → model, of every page that names one; the registry is complete once a request comes."""
    pages = {model._meta.label_lower: model for model in namespace_site._registry}
    named = {getattr(page, "source_type", ""): model for model, page in namespace_site._registry.items()}
    return {**pages, **{kind: model for kind, model in named.items() if kind}}


def source_link(kind: str, number: str) -> SafeString | str:
    """The number, linked to its document's page if there is one; costs no query."""
    if not number or kind not in _pages():
        return number or "–"
    return format_html('<a class="bo-link" href="{}">{}</a>', reverse("admin:source", args=[kind, number]), number)


def subject_link(subject: str) -> SafeString | str:
    """The same for a subject of the event log, ``order:ORD-…``, with the kind of document in front."""
    kind, _colon, number = subject.partition(":")
    return format_html("{} {}", source_name(kind), source_link(kind, number)) if kind in _pages() else subject


def source_name(kind: str) -> str:
    """What kind of document a reference is, for people; the bare kind if nobody named it."""
    model = _pages().get(kind)
    return capfirst(str(model._meta.verbose_name)) if model else str(PAGELESS.get(kind, kind))


class SourceTypeFilter(SimpleListFilter):
    """Rows by the kind of document that caused them, under the kinds' names."""

    title = _lazily("source type")
    parameter_name = "source_type"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The kinds that occur."""
        kinds = model_admin.model._default_manager.order_by().values_list("source_type", flat=True).distinct()
        return [(kind, source_name(kind)) for kind in sorted(kinds) if kind]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The rows of the chosen kind."""
        return queryset.filter(source_type=self.value()) if self.value() else queryset


def source_view(request: HttpRequest, kind: str, number: str) -> HttpResponse:
    """Lead to the document's page, if this person may see it."""
    model = _pages().get(kind)
    page = namespace_site._registry[model] if model else None
    if model is not None and page is not None and page.has_view_permission(request):
        by_id = kind == model._meta.label_lower
        field = "pk" if by_id else getattr(page, "source_field", "sn")
        readable = _ID.fullmatch(number) if by_id else "\x00" not in number
        found = page.get_queryset(request).filter(**{field: number}).first() if readable else None
        if found is not None:
            return redirect(f"admin:{model._meta.app_label}_{model._meta.model_name}_change", found.pk)
    messages.warning(request, _("There is no page for %(number)s that you may see.") % {"number": number})
    return redirect("admin:index")
