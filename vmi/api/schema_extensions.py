"""How our fields and our authentication look in the OpenAPI document."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension, OpenApiSerializerFieldExtension
from drf_spectacular.openapi import AutoSchema

from vmi.api.fields import BIGINT_MAX


class BearerScheme(OpenApiAuthenticationExtension):
    """A bearer token."""

    target_class = "vmi.api.authentication.NamespaceJWTAuthentication"
    name = "bearerToken"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        """The header ``Authorization: Bearer …``."""
        return {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}


class MoneyExtension(OpenApiSerializerFieldExtension):
    """An amount as a string."""

    target_class = "vmi.api.fields.MoneyField"

    def map_serializer_field(self, auto_schema: AutoSchema, direction: str) -> dict[str, Any]:
        """At most 12 digits before and 2 after the point."""
        sign = "-?" if self.target.signed or direction == "response" else ""
        pattern = rf"^{sign}(0|[1-9][0-9]{{0,11}})(\.[0-9]{{1,2}})?$"
        return {"type": "string", "format": "decimal", "pattern": pattern, "example": "12.50"}


class EpochMillisExtension(OpenApiSerializerFieldExtension):
    """Milliseconds since 1970."""

    target_class = "vmi.api.fields.EpochMillisField"

    def map_serializer_field(self, auto_schema: AutoSchema, direction: str) -> dict[str, Any]:
        """A 64-bit integer."""
        return {"type": "integer", "format": "int64", "example": 1795305600000}


class ReferenceExtension(OpenApiSerializerFieldExtension):
    """A reference by id."""

    target_class = "vmi.api.fields.ReferenceField"

    def map_serializer_field(self, auto_schema: AutoSchema, direction: str) -> dict[str, Any]:
        """A positive 64-bit integer."""
        return {"type": "integer", "format": "int64", "minimum": 1, "maximum": BIGINT_MAX}


class StatusValueExtension(OpenApiSerializerFieldExtension):
    """A status by value."""

    target_class = "vmi.api.fields.StatusValueField"

    def map_serializer_field(self, auto_schema: AutoSchema, direction: str) -> dict[str, Any]:
        """One of the values of its kind."""
        enum = self.target.enum
        lines = [f"* `{member.value}` - {member.label}" for member in enum] if enum else []
        described = {"description": "\n".join(lines)} if lines else {}
        return {"type": "integer", **described}


class StatusNameExtension(OpenApiSerializerFieldExtension):
    """The name of a status."""

    target_class = "vmi.api.fields.StatusNameField"

    def map_serializer_field(self, auto_schema: AutoSchema, direction: str) -> dict[str, Any]:
        """In the caller's language."""
        return {"type": "string"}


class NamespaceExtension(OpenApiSerializerFieldExtension):
    """The namespace an object belongs to."""

    target_class = "vmi.api.serializers.NamespaceField"

    def map_serializer_field(self, auto_schema: AutoSchema, direction: str) -> dict[str, Any]:
        """The schema's name."""
        return {"type": "string", "readOnly": True}
