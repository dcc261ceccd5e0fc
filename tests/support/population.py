"""What a populated namespace tells its builders and its tests: the people by role, ids and codes."""

from dataclasses import dataclass, field
from typing import Any

from vmi.core.actors import Actor, user_actor


@dataclass
class Populated:
    """What was built: the people by role, and the ids and codes requests need."""

    mark: str
    users: dict[str, Any] = field(default_factory=dict)
    ids: dict[str, int] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)


def actor_of(made: Populated, role: str) -> Actor:
    """The person of a role, as commands want them."""
    return user_actor(made.users[role], customer=role == "customer")


def user_id_of(made: Populated, role: str) -> int:
    """The id of the person of a role."""
    return int(made.users[role].pk)
