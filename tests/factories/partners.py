"""Members and levels, valid by default; each goes through the command that makes it in production."""

import itertools
from typing import Any

from partners.models import Level, Partner
from partners.services import create_level, register_partner
from vmi.core.actors import Actor, system_actor
from vmi.events import deliver_inline

_numbers = itertools.count(1)


def make_partner(*, actor: Actor | None = None, with_credits: bool = False, **fields: Any) -> Partner:
    """A member named 会员 n; ``with_credits`` also grants the welcome credits at once."""
    fields.setdefault("name", f"会员 {next(_numbers)}")
    if not with_credits:
        return register_partner(**fields, actor=actor or system_actor())
    with deliver_inline():
        return register_partner(**fields, actor=actor or system_actor())


def make_level(*, name: str = "钻石会员", min_points: int = 900_000, **fields: Any) -> Level:
    """A level above the seeded ones once ``close_top_level`` made room; else refused as overlapping."""
    return create_level(name=name, min_points=min_points, **fields, actor=system_actor())
