"""The OpenAPI document: JSON only, every refusal documented with the error object, keys where they are required."""

import re
from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import force_instance
from drf_spectacular.utils import OpenApiParameter

from vmi.api.commands import Contract
from vmi.api.fields import BIGINT_MAX
from vmi.api.idempotency import HEADER
from vmi.api.routers import ID_REGEX

ERROR_COMPONENT = "Error"
ID_PATTERN = f"^{ID_REGEX}$"
KINDS = [
    "invalid_request",
    "auth",
    "permission",
    "not_found",
    "conflict",
    "insufficient_stock",
    "state",
    "rate_limit",
    "idempotency",
    "dependency",
    "internal",
]


_VIEWS = "_views"
_VERBS = {
    "list": "List",
    "retrieve": "Read",
    "create": "Create",
    "update": "Replace",
    "partial_update": "Change",
    "destroy": "Delete",
}
"""How the calls begin that every resource has; the others say themselves what they do."""

_RULE = r"(?:[A-Z]\d*-\d+[a-z]?|[IJR]\d{1,2})"
_RULES = re.compile(rf"\s*\({_RULE}(?:[,;]\s*{_RULE})*\)|(?<=\(){_RULE}[,;]\s*|[,;]\s*{_RULE}(?=\))")
"""References such as (S003-19), (C-02, C-71), or one beside other words."""


class ApiSchema(AutoSchema):
    """Adds what our viewsets know about themselves: tags by resource and the idempotency header."""

    def get_tags(self) -> list[str]:
        """The resource below ``/api/v1/vmi/``, else the app, and the part of it whose views have their own file."""
        tokens: list[str] = [token for token in self._tokenize_path() if token]
        if tokens[:1] == ["vmi"] and len(tokens) > 1:
            return tokens[1:2]
        part = type(self.view).__module__.rsplit(".", 1)[-1]
        return [f"{tokens[0]} · {part.removesuffix(_VIEWS)}"] if part.endswith(_VIEWS) and tokens else tokens[:1]

    def get_summary(self) -> str:
        """What the call does, in one sentence: the first of its docstring, or the resource's behind the verb."""
        sentence = re.split(r"(?<=[^.])\.(?:\s|$)", self.get_description(), maxsplit=1)[0].replace("\n", " ").strip()
        sentence = re.sub(r"^`[\w/]+`: (.)", lambda found: found[1].upper(), sentence)
        verb = _VERBS.get(getattr(self.view, "action", None) or "")
        return f"{verb}: {sentence}" if verb else sentence

    def get_description(self) -> str:  # type: ignore[override] # as the generator we extend, not as its own base
        """The docstring as Markdown, without the numbers of our own rules."""
        return _RULES.sub("", super().get_description()).replace("``", "`").strip()

    def get_request_serializer(self) -> Any:
        """The body of a command, or none at all."""
        contract = self._contract()
        return super().get_request_serializer() if contract is None else contract.request

    def get_response_serializers(self) -> Any:
        """The answer of a command: its own serializer, or the viewset's."""
        contract = self._contract()
        if contract is None:
            return super().get_response_serializers()
        if contract.status == 204:
            return {204: None}
        if contract.response is None:
            return {contract.status: force_instance(self._get_serializer())}
        return {contract.status: contract.response(many=True) if contract.many else contract.response}

    def _contract(self) -> Contract | None:
        action: str = getattr(self.view, "action", None) or ""
        found: Contract | None = getattr(getattr(self.view, action, None), "contract", None)
        return found

    def get_override_parameters(self) -> list[Any]:
        """The header Idempotency-Key on calls that need it."""
        parameters: list[Any] = list(super().get_override_parameters())
        needs_key = getattr(self.view, "needs_key", None)
        if needs_key is not None and needs_key(getattr(self.view, "action", "") or ""):
            parameters.append(
                OpenApiParameter(
                    name=HEADER,
                    location=OpenApiParameter.HEADER,
                    required=True,
                    type={"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]{1,255}$"},
                    description="Repeat the call with the same key and body to get the same answer again.",
                )
            )
        return parameters


def document_errors(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """Add the error object to every operation (postprocessing hook of drf-spectacular)."""
    components = result.setdefault("components", {})
    components.setdefault("schemas", {})[ERROR_COMPONENT] = _error_schema()
    components["responses"] = {f"Error{status}": _error_response(text) for status, text in _descriptions().items()}
    for path, operations in result.get("paths", {}).items():
        for method, operation in operations.items():
            if isinstance(operation, dict) and "responses" in operation:
                _document(path, method, operation)
                _number_ids(operation)
    return result


def _number_ids(operation: dict[str, Any]) -> None:
    """Ids in paths are numbers; the generator reads the router's pattern as a string."""
    for parameter in operation.get("parameters", []):
        if parameter["in"] == "path" and parameter["schema"].get("pattern") == ID_PATTERN:
            parameter["schema"] = {"type": "integer", "format": "int64", "minimum": 1, "maximum": BIGINT_MAX}


def _document(path: str, method: str, operation: dict[str, Any]) -> None:
    secured = any(item for item in operation.get("security", []))
    has_body = "requestBody" in operation
    writes = method in ("post", "put", "patch", "delete")
    wanted = {
        400: True,
        401: secured or "/auth/" in path,
        403: secured,
        404: True,
        409: writes,
        413: has_body,
        415: has_body,
        422: writes,
        429: True,
        503: True,
    }
    for status, applies in wanted.items():
        if applies:
            operation["responses"].setdefault(str(status), {"$ref": f"#/components/responses/Error{status}"})


def _error_response(description: str) -> dict[str, Any]:
    return {
        "description": description,
        "headers": {"Content-Language": {"schema": {"type": "string", "enum": ["zh-hans", "en"]}}},
        "content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{ERROR_COMPONENT}"}}},
    }


def _descriptions() -> dict[int, str]:
    return {
        400: "The input is not valid; param and details name the fields.",
        401: "No token, or one that is not valid here.",
        403: "The caller may not do this.",
        404: "No such object for this caller.",
        409: "The request contradicts the stored data or the state of the object.",
        413: "The body is larger than one mebibyte.",
        415: "The body is not application/json in UTF-8.",
        422: "The Idempotency-Key was used with another body.",
        429: "Too many attempts; see Retry-After.",
        503: "Busy or under change; repeat after Retry-After seconds.",
    }


def _error_schema() -> dict[str, Any]:
    text = {"type": "string"}
    return {
        "type": "object",
        "required": ["error"],
        "properties": {
            "error": {
                "type": "object",
                "required": [
                    "type",
                    "code",
                    "message",
                    "message_en",
                    "param",
                    "details",
                    "request_id",
                    "retryable",
                ],
                "properties": {
                    "type": {"type": "string", "enum": KINDS},
                    "code": {**text, "description": "For machines; never translated."},
                    "message": {**text, "description": "In the caller's language."},
                    "message_en": {**text, "description": "In English."},
                    "param": {
                        **text,
                        "nullable": True,
                        "description": "The offending field, e.g. items[0].quantity.",
                    },
                    "details": {"type": "object", "additionalProperties": True},
                    "request_id": text,
                    "retryable": {"type": "boolean"},
                },
            }
        },
    }
