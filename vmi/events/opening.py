"""The first entry of a namespace's log: its opening."""

from vmi.core.actors import system_actor
from vmi.core.tenancy import current_schema
from vmi.events.catalogue import NamespaceOpened
from vmi.events.models import Event
from vmi.events.services import record


def record_opening() -> None:
    """Record in the current namespace that it was opened; once, however often the opening is continued."""
    schema = current_schema()
    if not Event.objects.filter(type=NamespaceOpened.type).exists():
        record(NamespaceOpened(schema=schema), subject=f"namespace:{schema}", actor=system_actor())
