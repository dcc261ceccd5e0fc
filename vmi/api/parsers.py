"""JSON bodies, read strictly: bounded, UTF-8, no duplicate keys, nothing PostgreSQL could not store.

The stock parser accepts NaN and duplicate keys and dies on deep nesting; every refusal here is a 400
(413 for size) that names its reason.
"""

import json
import math
import re
from collections.abc import Mapping
from typing import IO, Any, NoReturn

from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import UnsupportedMediaType
from rest_framework.parsers import BaseParser

from vmi.core.exceptions import InvalidRequest

BODY_BYTES_MAX = 1024 * 1024
DEPTH_MAX = 32
NUMBER_CHARS_MAX = 400
"""Longest number literal; a 5,000-digit integer is an attack, not a quantity."""

PATH_CHARS_MAX = 200
"""Longest ``param`` of a refusal; keys are the caller's and may be long."""

_TOKENS = re.compile(r'"(?:[^"\\]++|\\.)*+"|([\[{])|([\]}])', re.DOTALL)
_SUSPECT_ESCAPE = re.compile(r"\\u(?:0000|[dD][89a-fA-F])")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


class MalformedBody(InvalidRequest):
    """The body is not the JSON we accept."""

    code = "malformed_json"
    default_message = _("The body is not valid JSON.")


class BodyTooLarge(InvalidRequest):
    """The body is longer than one mebibyte (413)."""

    status = 413
    code = "body_too_large"
    default_message = _("The body of the request is too large.")


class StrictJSONParser(BaseParser):
    """The only parser of the API: ``application/json`` in UTF-8."""

    media_type = "application/json"

    def parse(
        self, stream: IO[bytes], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """Read and check the whole body. Raises MalformedBody, BodyTooLarge or UnsupportedMediaType."""
        _check_charset(media_type or "")
        return parse_json(stream.read(BODY_BYTES_MAX + 1))


def parse_json(body: bytes) -> Any:
    """Parse a body by the same rules; for webhooks, which need the raw bytes first."""
    if len(body) > BODY_BYTES_MAX:
        raise BodyTooLarge(details={"bytes_max": BODY_BYTES_MAX})
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        raise MalformedBody(_("The body is not valid UTF-8."), code="invalid_encoding") from None
    if text.startswith("\ufeff"):
        raise MalformedBody(_("The body starts with a byte order mark."), code="invalid_encoding")
    _check_depth(text)
    try:
        value = json.loads(
            text,
            object_pairs_hook=_unique,
            parse_constant=_refuse_constant,
            parse_int=_integer,
            parse_float=_fraction,
        )
    except MalformedBody:
        raise
    except (ValueError, RecursionError):
        raise MalformedBody from None
    if _SUSPECT_ESCAPE.search(text):
        _check_characters(value)
    return value


def _check_charset(media_type: str) -> None:
    for parameter in media_type.split(";")[1:]:
        name, _sep, value = parameter.partition("=")
        if name.strip().lower() == "charset" and value.strip().strip('"').lower() not in ("utf-8", "utf8"):
            raise UnsupportedMediaType(media_type)


def _check_depth(text: str) -> None:
    """Refuse deep nesting before the recursive parser sees it."""
    if text.count("[") + text.count("{") <= DEPTH_MAX:
        return
    depth = 0
    for token in _TOKENS.finditer(text):
        if token.group(1):
            depth += 1
            if depth > DEPTH_MAX:
                raise MalformedBody(
                    _("The JSON is nested too deeply."), code="json_too_deep", details={"depth_max": DEPTH_MAX}
                )
        elif token.group(2):
            depth -= 1


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        for key, _value in pairs:
            if key in seen:
                raise MalformedBody(_("A key appears twice in one object."), code="duplicate_key", param=_shown(key))
            seen.add(key)
    return found


def _shown(key: str) -> str:
    return _UNSTORABLE.sub("?", key)[:100]


def _refuse_constant(name: str) -> NoReturn:
    raise MalformedBody(_("NaN and Infinity are not JSON."))


def _integer(literal: str) -> int:
    if len(literal) > NUMBER_CHARS_MAX:
        raise MalformedBody(_("A number has too many digits."), code="number_too_long")
    return int(literal)


def _fraction(literal: str) -> float:
    number = float(literal[:NUMBER_CHARS_MAX])
    if not math.isfinite(number):
        raise MalformedBody(_("A number is out of its range."), code="number_too_long")
    return number


def _check_characters(value: Any) -> None:
    """Refuse NUL and lone surrogates anywhere, keys included, naming the field; iterative, the depth is bounded."""
    waiting = [("", value)]
    while waiting:
        path, item = waiting.pop()
        if isinstance(item, str) and _UNSTORABLE.search(item):
            raise _unstorable(path)
        if isinstance(item, dict):
            for key, inner in item.items():
                below = f"{path}.{_shown(key)}" if path else _shown(key)
                if _UNSTORABLE.search(key):
                    raise _unstorable(below)
                waiting.append((below, inner))
        elif isinstance(item, list):
            waiting.extend((f"{path}[{index}]", inner) for index, inner in enumerate(item))


def _unstorable(path: str) -> MalformedBody:
    text = _("The text contains a character that cannot be stored.")
    return MalformedBody(text, code="invalid_character", param=path[:PATH_CHARS_MAX] or None)
