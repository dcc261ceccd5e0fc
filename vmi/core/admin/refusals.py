"""Refusals of services on the forms of the back office: at the field they are about, with everything typed kept."""

import re
from typing import Final

from django.forms import BaseForm
from django.utils.translation import gettext as _

from vmi.core.exceptions import DomainError

SENTENCES_MAX: Final = 20
"""Lines of one refusal that a page lists; the rest follows once these are put right."""

_UNITS: Final = ("units", "quantity", "count")
"""What services call a number of units; a form has one of them."""


def add_refusal(form: BaseForm, error: DomainError, *, about: object = None) -> None:
    """Add a refusal to a bound form, at the field its ``param`` names, else to the form as a whole.

    ``about`` names the object when the form stands for several.
    """
    prefix = "" if about is None else f"{about}: "
    for sentence in error.sentences[:SENTENCES_MAX]:
        form.add_error(field_of(form, error.param), f"{prefix}{sentence}")


def add_refusal_of_lines(form: BaseForm, error: DomainError) -> None:
    """The same on the form of a document: what is about one of its lines says which, unless the sentences do."""
    line = None if "lines" in error.details else re.match(r"\w+\[(\d+)\]", error.param or "")
    add_refusal(form, error, about=line and _("Line %(number)s") % {"number": int(line[1]) + 1})


def field_of(form: BaseForm, param: str | None) -> str | None:
    """The form's field that an API parameter such as ``lines[0].capUnits`` is about; None: not one of them."""
    if not param:
        return None
    name = re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", re.sub(r"\[\d+\]$", "", param.rsplit(".", 1)[-1])).lower()
    names = _UNITS if name in _UNITS else ()
    return next((found for found in (name, *names) if found in form.fields and not _is_hidden(form, found)), None)


def _is_hidden(form: BaseForm, name: str) -> bool:
    """Whether nobody would see an error there."""
    return bool(form.fields[name].widget.is_hidden)
