"""What makes a translated text unfit: other fields, other tags than its source, or English left standing."""

import re
from collections import Counter
from collections.abc import Iterator

from babel.messages.catalog import Message

FIELD = re.compile(r"%\([A-Za-z_]\w*\)[#0\- +]?\d*(?:\.\d+)?[a-zA-Z]|%[sdif%]|\{\w*\}")
"""``%(name)s``, ``%s`` and ``{name}``."""

TAG = re.compile(r"<[^<>]+>")
CHINESE = re.compile(r"[\u3400-\u9fff]")
SMALL_LETTER = re.compile(r"[a-z]")


def faults_of(message: Message) -> Iterator[str]:
    """Everything wrong with a message that has a translation, in words.

    Chinese has one form for all numbers; it stands beside the English plural.
    """
    source = message.id if isinstance(message.id, str) else str(message.id[-1])
    texts = [message.string] if isinstance(message.string, str) else list(message.string or ())
    for text in map(str, texts):
        if Counter(FIELD.findall(source)) != Counter(FIELD.findall(text)):
            yield "other fields than its source"
        if Counter(TAG.findall(source)) != Counter(TAG.findall(text)):
            yield "other tags than its source"
        if not CHINESE.search(text) and SMALL_LETTER.search(_bare(text)):
            yield "not Chinese"


def _bare(text: str) -> str:
    """The text without fields and tags; what is left may be an abbreviation such as SKU."""
    return TAG.sub("", FIELD.sub("", text))
