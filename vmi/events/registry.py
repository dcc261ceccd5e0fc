"""Who listens to what: subscriptions are declared in each app's ``handlers.py`` and known by name."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from vmi.core.actors import Actor
from vmi.events.payloads import EventPayload

HANDLER_LENGTH_MAX = 100
"""Longest handler name, units: characters."""

P = TypeVar("P", bound=EventPayload)


@dataclass(frozen=True, slots=True)
class DeliveredEvent(Generic[P]):
    """An event as a handler sees it: typed payload, who did it, about what, and when."""

    id: int
    payload: P
    subject: str
    actor: Actor
    at: datetime


@dataclass(frozen=True, slots=True)
class Subscription:
    """A handler under its stable name; the name is stored with every delivery."""

    name: str
    payload: type[EventPayload]
    call: Callable[[DeliveredEvent[Any]], None]


class DuplicateSubscription(ValueError):
    """Two handlers claim one name: a defect found at start."""


_by_name: dict[str, Subscription] = {}
_by_type: dict[str, list[Subscription]] = {}


def subscribe(
    payload: type[P], name: str
) -> Callable[[Callable[[DeliveredEvent[P]], None]], Callable[[DeliveredEvent[P]], None]]:
    """Let the decorated handler react to events of ``payload``.

    ``name`` is ``<app>.<verb>`` and never changes, because pending deliveries refer to it. Handlers run
    in a transaction of their own and must be idempotent by their effect's unique key.
    """

    def register(handler: Callable[[DeliveredEvent[P]], None]) -> Callable[[DeliveredEvent[P]], None]:
        known = _by_name.get(name)
        if known is not None:
            raise DuplicateSubscription(f"{name} is taken by {known.call.__module__}")
        subscription = Subscription(name=name, payload=payload, call=handler)
        _by_name[name] = subscription
        _by_type.setdefault(payload.type, []).append(subscription)
        return handler

    return register


def unsubscribe(name: str) -> None:
    """Forget a subscription; for tests that declare handlers of their own."""
    subscription = _by_name.pop(name)
    _by_type[subscription.payload.type].remove(subscription)


def subscribers_of(event_type: str) -> list[Subscription]:
    """The subscriptions of a type, in the order they were declared."""
    return list(_by_type.get(event_type, ()))


def subscription(name: str) -> Subscription | None:
    """The subscription of that name, or None when the code no longer has it."""
    return _by_name.get(name)


def all_subscriptions() -> list[Subscription]:
    """Every subscription, by name."""
    return [_by_name[name] for name in sorted(_by_name)]
