"""The base of every event payload: a frozen dataclass of plain values with a type name of its own."""

from dataclasses import dataclass, fields
from typing import Any, ClassVar, Self

from django.utils.functional import Promise

TYPE_LENGTH_MAX = 64
"""Longest type name, units: characters."""

_types: dict[str, type["EventPayload"]] = {}


class UnknownEventType(LookupError):
    """A stored event names a type the code no longer knows."""


@dataclass(frozen=True)
class EventPayload:
    """What an event carries: codes, numbers and strings; amounts as strings.

    A subclass names its ``type`` (``order.paid``), the ``app`` that records it and a readable ``title``::

        class OrderPaid(EventPayload, type="order.paid", app="orders", title=_("Order paid")): ...
    """

    type: ClassVar[str] = ""
    app: ClassVar[str] = ""
    title: ClassVar[str | Promise] = ""

    def __init_subclass__(  # the keyword reads as the class attribute does
        cls,
        *,
        type: str,  # noqa: A002
        app: str,
        title: str | Promise,
        **kwargs: Any,
    ) -> None:
        super().__init_subclass__(**kwargs)
        cls.type, cls.app, cls.title = type, app, title
        _types[type] = cls

    def as_json(self) -> dict[str, Any]:
        """The payload as it is stored."""
        return dict(vars(self))

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        """Read a stored payload; fields an older release wrote and this one dropped are ignored."""
        known = {item.name for item in fields(cls)}
        return cls(**{name: value for name, value in stored.items() if name in known})


def payload_class(event_type: str) -> type[EventPayload]:
    """The class of a type name. Raises UnknownEventType."""
    try:
        return _types[event_type]
    except KeyError:
        raise UnknownEventType(f"no event type {event_type!r} in the catalogue") from None


def all_payload_classes() -> dict[str, type[EventPayload]]:
    """Every declared payload class by type name."""
    return dict(_types)


def title_of(event_type: str) -> str:
    """What people read instead of ``order.paid``; the bare type if the code no longer knows it."""
    try:
        return str(payload_class(event_type).title)
    except UnknownEventType:
        return event_type
