"""How a state is shown: on a list and on an object's page."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from typing import Any

from django.template.loader import get_template
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from vmi.core.states import Machine

STATUS = _("status")

GREY = "default"

COLOURS = {"grey": "default", "blue": "info", "green": "success", "orange": "warning", "red": "danger"}
"""Plain colour names and the theme's words for them; the theme's own words are taken as they are."""


def status_column(
    field: str = "status", *, machine: Machine, description: str | Promise = STATUS
) -> Callable[..., Any]:
    """A list column with the state's name on its colour; ``machine.colours`` says which.

    Use it as a class attribute: ``state = status_column(machine=ORDER_MACHINE)``.
    """
    colours = colours_of(machine)

    @display(description=description, ordering=f"{field}_id")
    def column(self: Any, obj: Any) -> SafeString:
        return badge(str(getattr(obj, field)), colours.get(getattr(obj, f"{field}_id"), GREY))

    return column


status_badge = status_column
"""The same on an object's page: a read-only field; kept as a name of its own for readers."""


def choice_column(field: str, colours: Mapping[Any, str], *, description: str | Promise) -> Callable[..., Any]:
    """A column for a plain choice field, each value on its colour."""

    @display(description=description, ordering=field)
    def column(self: Any, obj: Any) -> SafeString:
        return badge(getattr(obj, f"get_{field}_display")(), colours.get(getattr(obj, field), GREY))

    return column


def badge(text: str, colour: str = GREY) -> SafeString:
    """Text on a colour (plain name or the theme's word), for lists, pages and panels alike."""
    context = {"type": COLOURS.get(colour, colour), "text": text}
    return mark_safe(_label_template().render(context).strip())  # noqa: S308 - a template's output, escaped by it


def link_to(page: str, pk: object, text: object) -> SafeString:
    """A link to an object's page (``stores_store_change``)."""
    return format_html('<a class="bo-link" href="{}">{}</a>', reverse(f"admin:{page}", args=[pk]), text)


def reference_column(
    field: str, page: str, *, text: str = "name", description: str | Promise, ordering: str | None = None
) -> Callable[..., Any]:
    """A list column with the short name of a related object, linked to its page.

    ``page`` is ``stores_store``; ``text`` the attribute that names it. Join the relation in ``list_select_related``.
    """

    @display(description=description, ordering=ordering or field)
    def column(self: Any, obj: Any) -> object:
        related = getattr(obj, field)
        return link_to(f"{page}_change", related.pk, getattr(related, text)) if related is not None else None

    return column


def moment(value: datetime | None) -> str:
    """An instant in the reader's zone; a dash for none."""
    return date_format(timezone.localtime(value), "DATETIME_FORMAT") if value else "–"


def colours_of(machine: Machine) -> dict[int, str]:
    """State value → colour."""
    return {int(member): colour for member, colour in machine.colours.items()}


@cache
def _label_template() -> Any:
    return get_template("unfold/helpers/label.html")
