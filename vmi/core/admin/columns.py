"""List columns that several apps share."""

from collections.abc import Callable
from typing import Any

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


class _Labels(dict[int, str]):
    """Colour by state; a state without one is grey instead of showing its number."""

    def __missing__(self, key: int) -> str:
        return "default"
