"""Bodies that must be refused with a 4xx and an error object, whatever the endpoint (reliability B01–B05).

``broken_bodies()`` needs to know nothing about the endpoint. ``bad_quantities()`` and ``bad_amounts()`` are
values to put into one field of an otherwise good body with :func:`raw_with`.
"""

import gzip
import json
from collections.abc import Iterator
from typing import Any, NamedTuple

JSON = "application/json"


class Case(NamedTuple):
    """One bad request: a name for the test, the bytes, and what they claim to be."""

    name: str
    body: bytes
    content_type: str = JSON


def broken_bodies() -> Iterator[Case]:
    """Bodies no endpoint accepts: B03–B05."""
    yield Case("not json", b"{sku}")
    yield Case("trailing data", b"{} {}")
    yield Case("trailing comma", b'{"sku": 1,}')
    yield Case("unclosed", b'{"sku": "A')
    yield Case("list for object", b"[]")
    yield Case("string for object", b'"sku"')
    yield Case("number for object", b"1")
    yield Case("null for object", b"null")
    yield Case("nested 5,000 lists", b"[" * 5000 + b"]" * 5000)
    yield Case("nested 5,000 objects", b'{"a":' * 5000 + b"1" + b"}" * 5000)
    yield Case("nested 33", b'{"a":' * 33 + b"1" + b"}" * 33)
    yield Case("duplicate key", b'{"zz": 1, "zz": 2}')
    yield Case("NaN", b'{"zz": NaN}')
    yield Case("Infinity", b'{"zz": -Infinity}')
    yield Case("1e999", b'{"zz": 1e999}')
    yield Case("5,000 digits", b'{"zz": ' + b"9" * 5000 + b"}")
    yield Case("byte order mark", b"\xef\xbb\xbf{}")
    yield Case("UTF-16", '{"zz": 1}'.encode("utf-16"))
    yield Case("GBK", '{"zz": "库存"}'.encode("gbk"))
    yield Case("invalid UTF-8", b'{"zz": "\xff\xfe"}')
    yield Case("escaped NUL", b'{"zz": "a\\u0000b"}')
    yield Case("raw NUL", b'{"zz": "a\x00b"}')
    yield Case("NUL in key", b'{"a\\u0000b": 1}')
    yield Case("lone surrogate", b'{"zz": "\\ud800"}')
    yield Case("reversed surrogates", b'{"zz": "\\udc00\\ud800"}')
    yield Case("unknown field", b'{"__class__": "x"}')
    yield Case("2 MB", b'{"zz": "' + b"x" * 2_000_000 + b'"}')
    yield Case("form", b"sku=1&quantity=2", "application/x-www-form-urlencoded")
    yield Case("multipart", b"--x\r\n\r\n--x--", "multipart/form-data; boundary=x")
    yield Case("plain text", b"{}", "text/plain")
    yield Case("no content type", b"{}", "")
    yield Case("xml", b"<a/>", "application/xml")
    yield Case("other charset", '{"zz": 1}'.encode("gbk"), "application/json; charset=gbk")
    yield Case("gzip bomb", gzip.compress(b"[" * 1_000_000), JSON)


def bad_quantities() -> Iterator[tuple[str, bytes]]:
    """JSON literals that are no quantity of at least one: B01."""
    for literal in ("0", "-1", "1.5", "1.0", "1e9", '"1"', '"1e9"', "true", "null", '"٣"', "[]", "{}", '""'):
        yield f"quantity {literal}", literal.encode()
    yield "quantity 2^31", str(2**31).encode()
    yield "quantity 2^63", str(2**63).encode()
    yield "quantity 400 digits", b"9" * 400


def bad_amounts() -> Iterator[tuple[str, bytes]]:
    """JSON literals that are no amount of money: B02."""
    literals = ["-5", '"-5"', "0.1", "12.5", "1.0", '"0.001"', '"NaN"', '"Infinity"', '"1e5"', '"1,5"', '"٣"', '" 1"']
    for literal in (*literals, '"+1"', '"01"', '"1."', '".5"', '""', "true", "null", "[]", '"0x10"'):
        yield f"amount {literal}", literal.encode()
    yield "amount 40 digits", b'"' + b"9" * 40 + b'"'
    yield "amount 13 digits", b"9" * 13


def raw_with(body: dict[str, Any], field: str, literal: bytes) -> bytes:
    """``body`` as JSON with the raw ``literal`` as the value of ``field``; also inside the first of nested lines.

    ``field`` is a path such as ``goods.count``: a step into a list takes its first element.
    """
    mark = "@@literal@@"
    copy = json.loads(json.dumps(body))
    place = copy
    *steps, last = field.split(".")
    for step in steps:
        place = place[step]
        if isinstance(place, list):
            place = place[0]
    place[last] = mark
    return json.dumps(copy).encode().replace(f'"{mark}"'.encode(), literal)
