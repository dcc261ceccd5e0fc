"""State machines as data: which step is allowed, which states form a group, what colour shows them.

A machine is declared beside its enumeration in an app's ``choices.py``; the only way to move an
object is ``vmi.statuses.machine.transition``, which asks the machine and compares-and-sets the row.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from vmi.core.choices import StatusEnum

_machines: dict[str, "Machine"] = {}


@dataclass(frozen=True)
class Machine:
    """One life cycle. ``transitions`` maps a state to the states it may become; ``groups`` name sets of states."""

    enum: type[StatusEnum]
    kind: str
    transitions: Mapping[StatusEnum, frozenset[StatusEnum] | set[StatusEnum]] = field(default_factory=dict)
    groups: Mapping[str, frozenset[StatusEnum] | set[StatusEnum]] = field(default_factory=dict)
    colours: Mapping[StatusEnum, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        _machines[self.kind] = self

    def allows(self, before: int, after: int) -> bool:
        """Whether the step from ``before`` to ``after`` is in the table."""
        return self.enum(after) in self.transitions.get(self.enum(before), frozenset())

    def group(self, name: str) -> frozenset[int]:
        """The values of a named group of states."""
        return frozenset(int(member) for member in self.groups[name])


def all_machines() -> Iterator[Machine]:
    """Every declared machine, by kind."""
    yield from (_machines[kind] for kind in sorted(_machines))
