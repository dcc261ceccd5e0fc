"""System checks: the catalogue and the subscriptions fit together before anything runs."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.apps import AppConfig, apps
from django.core.checks import CheckMessage, Error, register

from vmi.events import catalogue, catalogue_stock
from vmi.events.payloads import TYPE_LENGTH_MAX, EventPayload, all_payload_classes
from vmi.events.registry import HANDLER_LENGTH_MAX, Subscription, all_subscriptions


def app_of(subscription: Subscription) -> str:
    """The label of the app a handler lives in."""
    config = apps.get_containing_app_config(subscription.call.__module__)
    return config.label if config is not None else ""


def catalogue_findings(classes: Iterable[type[EventPayload]]) -> list[CheckMessage]:
    """Every event type is declared in the catalogue, under a usable name."""
    found: list[CheckMessage] = []
    for payload in classes:
        if payload.__module__ not in (catalogue.__name__, catalogue_stock.__name__):
            found.append(Error(f"{payload.__name__} is not in the event catalogue", id="events.E001"))
        if len(payload.type) > TYPE_LENGTH_MAX or "." not in payload.type:
            found.append(Error(f"{payload.__name__} has a bad type name {payload.type!r}", id="events.E002"))
        if payload.app not in {config.label for config in apps.get_app_configs()}:
            found.append(Error(f"{payload.__name__} names the unknown app {payload.app!r}", id="events.E003"))
    return found


def subscription_findings(subscriptions: Iterable[Subscription]) -> list[CheckMessage]:
    """Every handler listens to a known event of another app, from its own ``handlers.py``."""
    found: list[CheckMessage] = []
    known = all_payload_classes()
    for item in subscriptions:
        label = app_of(item)
        if known.get(item.payload.type) is not item.payload:
            found.append(Error(f"{item.name} listens to an event that is not in the catalogue", id="events.E004"))
        if not item.name.startswith(f"{label}.") or len(item.name) > HANDLER_LENGTH_MAX:
            found.append(Error(f"{item.name} should be named {label}.<verb>", id="events.E005"))
        if item.payload.app == label:
            found.append(
                Error(f"{item.name} listens to an event of its own app; use a state and a sweep", id="events.E006")
            )
    return found


def check_events(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """The catalogue and all subscriptions."""
    return [*catalogue_findings(all_payload_classes().values()), *subscription_findings(all_subscriptions())]


def register_all() -> None:
    """Hand the check to Django."""
    register(check_events, "events")
