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

SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "Inventory back office",
    "VERSION": "1.0.0",
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
