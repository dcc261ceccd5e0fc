"""Base serializers: snake_case in Python, camelCase on the wire, unknown fields refused.

Declare fields in snake_case; each appears under its camelCase name with its Python name as source, so
that errors and the OpenAPI document speak the caller's spelling without further help.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.fields import empty
from rest_framework.settings import api_settings

from vmi.api import fields as own
from vmi.api.fields import (
    BooleanField,
    CharField,
    DecimalField,
    EpochMillisField,
    IdField,
    InstantField,
    IntegerField,
    MoneyField,
    QuantityField,
    ReferenceField,
    StatusNameField,
    StatusValueField,
)
from vmi.api.naming import camel
from vmi.core.tenancy import current_schema
from vmi.statuses.fields import StatusField

__all__ = [
    "BooleanField",
    "CamelModelSerializer",
    "CamelSerializer",
    "CharField",
    "CommandSerializer",
    "DecimalField",
    "EpochMillisField",
    "IdField",
    "InstantField",
    "IntegerField",
    "MoneyField",
    "QuantityField",
    "ReferenceField",
    "StatusNameField",
    "StatusValueField",
    "TrackedSerializer",
]

LIST_ITEMS_MAX = 1000
"""Most entries of one list in a body."""

UNKNOWN_FIELD = _("This field is unknown or may not be written.")


class _CamelBehaviour:
    """What all our serializers share; mixed in before REST framework's class."""

    fields: Any

    @classmethod
    def many_init(cls, *args: Any, **kwargs: Any) -> Any:
        """A list of objects in a body has an upper limit on its length; null for the list is not null for an entry."""
        kwargs.setdefault("max_length", LIST_ITEMS_MAX)
        made = super().many_init(*args, **kwargs)  # type: ignore[misc]
        made.child.allow_null = False
        made.child._kwargs.pop("allow_null", None)  # what copies of a declared field are made from
        return made

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """The declared fields under their names on the wire."""
        renamed = {}
        for name, field in super().get_fields().items():  # type: ignore[misc]
            renamed[camel(name)] = _point_home(self, name, field)
        return renamed

    def run_validation(self, data: Any = empty) -> Any:
        """Refuse what is no object, and fields that are unknown or read-only, before anything is read."""
        if isinstance(data, Mapping):
            refused = {name for name, field in self.fields.items() if field.read_only}
            unknown = [name for name in data if name not in self.fields or name in refused]
            if unknown:
                raise ValidationError(
                    {str(name)[:100]: [ErrorDetail(str(UNKNOWN_FIELD), code="unknown_field")] for name in unknown[:20]}
                )
        return super().run_validation(data)  # type: ignore[misc]

    def to_internal_value(self, data: Any) -> Any:
        """A body that is no object is named as such."""
        if not isinstance(data, Mapping):
            detail = ErrorDetail(str(_("An object is required.")), code="not_a_dict")
            raise ValidationError({api_settings.NON_FIELD_ERRORS_KEY: [detail]})
        return super().to_internal_value(data)  # type: ignore[misc]


def _point_home(owner: Any, name: str, field: Any) -> Any:
    """Keep a field attached to its Python name after it got its name on the wire."""
    wire = camel(name)
    if wire == name:
        return field
    if isinstance(field, serializers.SerializerMethodField):
        field.method_name = field.method_name or f"get_{name}"
    elif field.source is None:
        field.source = name
    validate = getattr(owner, f"validate_{name}", None)
    if validate is not None:
        setattr(owner, f"validate_{wire}", validate)
    return field


class CamelSerializer(_CamelBehaviour, serializers.Serializer[Any]):
    """A body or an answer that is no stored object: commands, reports."""


CommandSerializer = CamelSerializer
"""Bodies of ``…/{id}/<verb>/`` commands are plain objects."""


class CamelModelSerializer(_CamelBehaviour, serializers.ModelSerializer[Any]):
    """A stored object: references as ids, money as strings, a status with its name.

    Uniqueness is left to the database and answers 409, so that two callers at once and two callers
    one after the other read the same.
    """

    serializer_related_field = own.ReferenceField
    serializer_field_mapping: ClassVar[
        dict[type[models.Field[Any, Any]], type[serializers.Field[Any, Any, Any, Any]]]
    ] = {
        **serializers.ModelSerializer.serializer_field_mapping,
        models.IntegerField: own.IntegerField,
        models.SmallIntegerField: own.IntegerField,
        models.BigIntegerField: own.IdField,
        models.BigAutoField: own.IdField,
        models.AutoField: own.IdField,
        models.BooleanField: own.BooleanField,
        models.CharField: own.CharField,
        models.TextField: own.CharField,
        models.EmailField: own.EmailField,
        models.URLField: own.UrlField,
        models.DateTimeField: own.InstantField,
        models.DecimalField: own.DecimalField,
    }

    def get_fields(self) -> dict[str, Any]:
        """Add the name of every status beside its value; an empty optional text that is only read is null too."""
        fields = super().get_fields()
        for name, field in list(fields.items()):
            if isinstance(field, own.CharField) and field.read_only and self._may_be_empty(field.source or name):
                field.null_is_blank = field.allow_null = True
            if isinstance(field, own.StatusValueField) and f"{name}Name" not in fields:
                fields[f"{name}Name"] = own.StatusNameField(source=field.source or name)
        return fields

    def _may_be_empty(self, source: str) -> bool:
        """Whether a column holds the empty text where nothing was said."""
        columns = {field.name: field for field in self.Meta.model._meta.concrete_fields}  # type: ignore[attr-defined]
        return source in columns and columns[source].blank and not columns[source].null

    def build_standard_field(self, field_name: str, model_field: Any) -> Any:
        """Money as our money, integers within their column, no look-up for uniqueness."""
        field_class, kwargs = super().build_standard_field(field_name, model_field)
        kwargs.pop("validators", None)
        if (
            isinstance(model_field, models.DecimalField)
            and model_field.decimal_places == 2
            and not kwargs.get("choices")
        ):
            allowed = {"read_only", "required", "allow_null", "label", "help_text", "source", "default"}
            return own.MoneyField, {key: value for key, value in kwargs.items() if key in allowed}
        if isinstance(model_field, models.BigIntegerField) and not model_field.primary_key:
            kwargs |= {"min_value": -own.BIGINT_MAX - 1, "max_value": own.BIGINT_MAX}
            return own.IntegerField, kwargs
        return field_class, kwargs

    def build_relational_field(self, field_name: str, relation_info: Any) -> Any:
        """A status is its number, read from the row itself."""
        model_field = relation_info.model_field
        if isinstance(model_field, StatusField):
            return own.StatusValueField, {"source": model_field.attname, "enum": model_field.enum}
        field_class, kwargs = super().build_relational_field(field_name, relation_info)
        kwargs.pop("validators", None)
        return field_class, kwargs

    def get_unique_together_validators(self) -> list[Any]:
        """None: see the class."""
        return []

    def get_unique_for_date_validators(self) -> list[Any]:
        """None: see the class."""
        return []


class TrackedSerializer(CamelModelSerializer):
    """An entity with the columns every entity carries (C-10), all read-only and shown last."""

    def get_fields(self) -> dict[str, Any]:
        """Add namespace, creater, createTime and, where the model has it, modifyTime."""
        fields = super().get_fields()
        columns = {field.name for field in self.Meta.model._meta.concrete_fields}  # type: ignore[attr-defined]
        fields["namespace"] = NamespaceField()
        fields["creater"] = own.IdField(source="creater_id", read_only=True)
        fields["createTime"] = own.EpochMillisField(source="create_time")
        if "modify_time" in columns:
            fields["modifyTime"] = own.EpochMillisField(source="modify_time")
        return fields


class NamespaceField(serializers.Field[Any, Any, Any, Any]):
    """The namespace an object belongs to: the schema that was read."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs |= {"read_only": True, "source": "*"}
        super().__init__(**kwargs)

    def to_representation(self, value: Any) -> str:
        """The schema's name."""
        return current_schema()
