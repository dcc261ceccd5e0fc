"""How a state is shown: on a list and on an object's page."""

from collections.abc import Callable
from typing import Any

from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from vmi.core.states import Machine

STATUS = _("status")

COLOURS = {"grey": "default", "blue": "info", "green": "success", "orange": "warning", "red": "danger"}
"""Plain colour names and the theme's words for them; the theme's own words are taken as they are."""


def status_column(
    field: str = "status", *, machine: Machine, description: str | Promise = STATUS
) -> Callable[..., Any]:
    """A list column with the state's name on its colour; ``machine.colours`` says which.

    Use it as a class attribute: ``state = status_column(machine=ORDER_MACHINE)``.
    """
    colours = {int(member): COLOURS.get(colour, colour) for member, colour in machine.colours.items()}

    @display(description=description, ordering=f"{field}_id", label=_Labels(colours))
    def column(self: Any, obj: Any) -> tuple[int, str]:
        return getattr(obj, f"{field}_id"), str(getattr(obj, field))

    return column


def status_badge(field: str = "status", *, machine: Machine, description: str | Promise = STATUS) -> Callable[..., Any]:
    """The same for an object's page: a read-only field that shows the state on its colour."""
    colours = _Labels({int(member): COLOURS.get(colour, colour) for member, colour in machine.colours.items()})

    @display(description=description)
    def badge(self: Any, obj: Any) -> str:
        colour = colours[getattr(obj, f"{field}_id")]
        return render_to_string("unfold/helpers/label.html", {"type": colour, "text": str(getattr(obj, field))})

    return badge


class _Labels(dict[int, str]):
    """Colour by state; a state without one is grey instead of showing its number."""

    def __missing__(self, key: int) -> str:
        return "default"
