"""Who did it: every command takes an :class:`Actor` and writes it into its ledger and events."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser

SYSTEM_USER_ID = 1
"""The seeded user ``system`` of every schema: the creater of what machines do (C-70)."""


class ActorKind(StrEnum):
    """What kind of hand made the change."""

    STAFF = "staff"
    CUSTOMER = "customer"
    SYSTEM = "system"
    WMS = "wms"
    GATEWAY = "gateway"


@dataclass(frozen=True, slots=True)
class Actor:
    """The author of a command: the user id stored as ``creater``, the kind, and a readable label."""

    user_id: int
    kind: ActorKind
    label: str

    @property
    def is_machine(self) -> bool:
        """Whether no person stands behind the change."""
        return self.kind in (ActorKind.SYSTEM, ActorKind.WMS, ActorKind.GATEWAY)


def system_actor(label: str = "system") -> Actor:
    """The machine itself: tasks, sweeps, imports."""
    return Actor(user_id=SYSTEM_USER_ID, kind=ActorKind.SYSTEM, label=label)


def wms_actor(connection: str) -> Actor:
    """A warehouse system speaking through its connection."""
    return Actor(user_id=SYSTEM_USER_ID, kind=ActorKind.WMS, label=f"wms:{connection}")


def gateway_actor(provider: str) -> Actor:
    """A payment provider speaking through its signed callback."""
    return Actor(user_id=SYSTEM_USER_ID, kind=ActorKind.GATEWAY, label=f"gateway:{provider}")


def user_actor(user: "AbstractBaseUser", *, customer: bool = False) -> Actor:
    """A signed-in person; ``customer`` tells a member acting for themselves from staff."""
    kind = ActorKind.CUSTOMER if customer else ActorKind.STAFF
    return Actor(user_id=int(user.pk), kind=kind, label=user.get_username())
