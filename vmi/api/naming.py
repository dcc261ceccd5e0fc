"""camelCase on the wire, snake_case in Python (C-10)."""

import re
from functools import cache

_UNDERSCORE = re.compile(r"_+([a-z0-9])")


@cache
def camel(name: str) -> str:
    """``create_time`` → ``createTime``; names that are camelCase already stay as they are."""
    return _UNDERSCORE.sub(lambda match: match.group(1).upper(), name)
