"""Filters of lists: declared in snake_case, camelCase in the query string, strict about names and values."""

import re
from copy import deepcopy
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError as FormError
from django.db import models
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django_filters import filters
from django_filters.rest_framework import DjangoFilterBackend, FilterSet
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request

from vmi.api.fields import BIGINT_MAX
from vmi.api.naming import camel
from vmi.statuses.fields import StatusField

TEXT_CHARS_MAX = 200
"""Longest text a filter takes, units: characters."""

_INTEGER = re.compile(r"-?[0-9]{1,19}")


class StrictIntegerFormField(forms.Field):
    """ASCII digits within 64 bits."""

    def to_python(self, value: Any) -> int | None:
        """Refuse signs, blanks and other scripts' digits."""
        if value in self.empty_values:
            return None
        if not isinstance(value, str) or not _INTEGER.fullmatch(value) or abs(int(value)) > BIGINT_MAX:
            raise FormError(_("A whole number is required."), code="invalid")
        return int(value)


class StrictBooleanFormField(forms.Field):
    """``true`` or ``false``."""

    def to_python(self, value: Any) -> bool | None:
        """Refuse everything else; the stock field reads it as “no filter”."""
        if value in self.empty_values:
            return None
        if value not in ("true", "false"):
            raise FormError(_("true or false is required."), code="invalid")
        return bool(value == "true")


class IntegerFilter(filters.NumberFilter):
    """A whole number."""

    field_class = StrictIntegerFormField

    def get_max_validator(self) -> None:
        """The field itself bounds the number."""
        return


class IdFilter(IntegerFilter):
    """The id of a referenced object; an unknown id gives an empty list."""


class BooleanFilter(filters.BooleanFilter):
    """``true`` or ``false``."""

    field_class = StrictBooleanFormField


class TextFilter(filters.CharFilter):
    """A text of bounded length."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", TEXT_CHARS_MAX)
        super().__init__(*args, **kwargs)


_DEFAULTS: dict[type[models.Field[Any, Any]], dict[str, Any]] = {
    **deepcopy(FilterSet.FILTER_DEFAULTS),
    models.AutoField: {"filter_class": IdFilter},
    models.IntegerField: {"filter_class": IntegerFilter},
    models.SmallIntegerField: {"filter_class": IntegerFilter},
    models.BigIntegerField: {"filter_class": IntegerFilter},
    models.BooleanField: {"filter_class": BooleanFilter},
    models.CharField: {"filter_class": TextFilter},
    models.TextField: {"filter_class": TextFilter},
    models.ForeignKey: {"filter_class": IdFilter},
    models.OneToOneField: {"filter_class": IdFilter},
}


class CamelFilterSet(FilterSet):
    """Filters named in ``Meta.fields``; ``store`` reads ``storeId``, ``create_time__gte`` ``createTimeGte``."""

    FILTER_DEFAULTS: ClassVar[dict[type[models.Field[Any, Any]], dict[str, Any]]] = _DEFAULTS

    @classmethod
    def get_filters(cls) -> Any:
        """The filters under their names on the wire; the metaclass keeps them as ``base_filters``."""
        return {_wire_name(cls, name, item): item for name, item in super().get_filters().items()}


def _wire_name(filterset: Any, name: str, item: filters.Filter) -> str:
    wire = camel(name)
    if _is_reference(filterset._meta.model, name) and not wire.endswith("Id"):
        return f"{wire}Id"
    return wire


def _is_reference(model: type[models.Model] | None, name: str) -> bool:
    if model is None:
        return False
    field = {item.name: item for item in model._meta.concrete_fields}.get(name)
    return isinstance(field, models.ForeignKey) and not isinstance(field, StatusField)


class StrictFilterBackend(DjangoFilterBackend):
    """Applies a view's filterset; a value it cannot read is a 400 that names the parameter."""

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: Any) -> QuerySet[Any]:
        """Only lists are filtered; other actions have no filter parameters."""
        if getattr(view, "action", "list") != "list":
            return queryset
        filterset = self.get_filterset(request, queryset, view)
        if filterset is None:
            return queryset
        if not filterset.is_valid():
            raise ValidationError(
                {
                    name: [ErrorDetail(str(message), code="invalid_parameter") for message in messages]
                    for name, messages in filterset.errors.items()
                }
            )
        found: QuerySet[Any] = filterset.qs
        return found
