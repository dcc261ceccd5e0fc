"""An opaque reference to the document that caused a change; lower layers know documents by nothing else."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Source:
    """The document type (``order``, ``stockin`` …) and its number; lines are told apart by their own number."""

    type: str
    sn: str

    @property
    def subject(self) -> str:
        """The form used by the event log: ``order:ORD-20261122-000001``."""
        return f"{self.type}:{self.sn}"
