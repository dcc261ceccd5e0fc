"""The HTTP API: REST framework, OpenAPI, tokens."""

from datetime import timedelta
from typing import Any

REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["vmi.api.authentication.NamespaceJWTAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["vmi.api.permissions.MappedPermission"],
    "DEFAULT_PARSER_CLASSES": ["vmi.api.parsers.StrictJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PAGINATION_CLASS": "vmi.api.pagination.CursorPages",
    "DEFAULT_FILTER_BACKENDS": ["vmi.api.filters.StrictFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "vmi.api.schema.ApiSchema",
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "vmi.api.negotiation.AlwaysJson",
    "DEFAULT_METADATA_CLASS": None,
    "URL_FORMAT_OVERRIDE": None,
    "EXCEPTION_HANDLER": "vmi.api.exception_handler.exception_handler",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
    "COERCE_DECIMAL_TO_STRING": True,
    "PAGE_SIZE": 50,
}

API_DESCRIPTION = """\
Sign in at `POST /api/v1/auth/login/` and send what `access` says as `Authorization: Bearer …`
(*Authorize* keeps it for this page). Every host is a namespace of its own; a token is good for the one that gave it.

* **Names** are camelCase. Money is a string with two decimals, quantities are whole numbers, references are ids.
* **Calls that move stock or money** want a header `Idempotency-Key`: the same key and body give the same answer again.
* **`dryRun`**, where a call knows it, tells the effect and writes nothing.
* **Lists** come in pages: follow `next`; `pageSize` up to 200, `ordering` and filters as listed. Unknown fields and
  parameters are refused.
* **Refusals** have one form (`Error`): `code` for machines, `message` in the language asked for, `param` names the
  field, `details` has the figures (of a shortage every line with `wanted` and `available`), and `retryable` says
  whether the same call may simply be repeated.
"""

SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "Inventory back office",
    "VERSION": "1.0.0",
    "DESCRIPTION": API_DESCRIPTION,
    "SWAGGER_UI_SETTINGS": {
        "deepLinking": True,
        "docExpansion": "none",  # several hundred calls: headings first
        "filter": True,
        "persistAuthorization": True,
        "tagsSorter": "alpha",
    },
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    # Choices stay inline: naming shared enums would need a table of names kept beside the models.
    "POSTPROCESSING_HOOKS": ["vmi.api.schema.document_errors"],
}

SIMPLE_JWT: dict[str, Any] = {
    "ALGORITHM": "HS256",
    "ACCESS_TOKEN_LIFETIME": timedelta(minutes=30),
    "REFRESH_TOKEN_LIFETIME": timedelta(days=7),
    "UPDATE_LAST_LOGIN": False,
}

API_LOGIN_CACHE_S = 15
"""How long a caller's roles and permissions may be remembered, units: seconds; revocation takes effect by then."""
