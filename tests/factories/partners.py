"""Members, valid by default; each goes through the command that makes it in production."""

import itertools
from typing import Any

from partners.models import Partner
from partners.services import register_partner
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
