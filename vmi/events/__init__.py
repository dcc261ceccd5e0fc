"""One append-only event log per namespace: audit trail and outbox in one table.

Commands ``record()`` what happened in their own transaction; other apps ``subscribe()`` to it and run
after the commit, retried until they succeed or are parked where a person sees them. Events carry
codes and numbers, never objects, and promise no order between subjects.

The names below load on first use, because an app package may not import models while Django starts.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from vmi.events.registry import DeliveredEvent, subscribe
    from vmi.events.services import audit, deliver_inline, record, record_many

__all__ = ["DeliveredEvent", "audit", "deliver_inline", "record", "record_many", "subscribe"]

_HOMES = {"DeliveredEvent": "registry", "subscribe": "registry"}


def __getattr__(name: str) -> Any:
    """Load one of the public names from its module."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_HOMES.get(name, 'services')}"), name)
