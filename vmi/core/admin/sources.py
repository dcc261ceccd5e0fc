"""From a document's reference (``order``, ``ORD-…``) to its page, without knowing which app it belongs to.

A ModelAdmin names the ``source_type`` its objects go by and the ``source_field`` that holds the number; references
of the form ``app.model`` and an id (the event log's) need no naming.
"""

from functools import cache

from django.contrib import messages
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from vmi.core.admin.sites import namespace_site


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
    """What kind of document a reference is, for people; the bare kind if it has no page."""
    model = _pages().get(kind)
    return capfirst(str(model._meta.verbose_name)) if model else kind


def source_view(request: HttpRequest, kind: str, number: str) -> HttpResponse:
    """Lead to the document's page, if this person may see it."""
    model = _pages().get(kind)
    page = namespace_site._registry[model] if model else None
    if model is not None and page is not None and page.has_view_permission(request):
        by_id = kind == model._meta.label_lower
        field = "pk" if by_id else getattr(page, "source_field", "sn")
        found = page.get_queryset(request).filter(**{field: number}).first() if number.isdigit() or not by_id else None
        if found is not None:
            return redirect(f"admin:{model._meta.app_label}_{model._meta.model_name}_change", found.pk)
    messages.warning(request, _("There is no page for %(number)s that you may see.") % {"number": number})
    return redirect("admin:index")
