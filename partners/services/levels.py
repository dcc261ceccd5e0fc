"""Levels: their bands, and which member stands where."""

from decimal import Decimal
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from partners.exceptions import InvalidPartner, LevelNameTaken, LevelOverlap
from partners.locks import lock_levels
from partners.models import Level, Partner
from partners.models.level import LEVEL_NAME_MAX
from partners.selectors import get_partner, level_for_points
from vmi.core import clock
from vmi.core.actors import Actor
from vmi.core.exceptions import NotFound
from vmi.core.integrity import refusing
from vmi.core.text import clean_text
from vmi.events.services import audit

POINTS_MAX: Final = 2_000_000_000
_FIELDS: Final = ("name", "min_points", "max_points", "discount", "description", "sort")
_REFUSALS: Final = {
    "partners_level_name": lambda: LevelNameTaken(param="name"),
    "partners_level_min_points": lambda: LevelOverlap(param="minPoints"),
}


@transaction.atomic
def create_level(
    *,
    name: str,
    min_points: int,
    max_points: int | None = None,
    discount: Decimal = Decimal(1),
    description: str = "",
    sort: int = 0,
    actor: Actor,
) -> Level:
    """Add a level. Raises InvalidPartner with the field, LevelNameTaken or LevelOverlap.

    Members move to it with their next credit entry.
    """
    now = clock.now()
    level = Level(
        name=name, min_points=min_points, max_points=max_points, discount=discount, description=description, sort=sort,
        creater_id=actor.user_id, create_time=now, modify_time=now,
    )  # fmt: skip
    _check(level, lock_levels())

    with refusing(_REFUSALS):
        level.save(force_insert=True)

    audit(level, before={}, after=_values(level), actor=actor)
    return level


@transaction.atomic
def update_level(*, level_id: int, changes: dict[str, Any], actor: Actor) -> Level:
    """Change a level's fields; same refusals as :func:`create_level`. The lowest level keeps starting at 0."""
    unknown = set(changes) - set(_FIELDS)
    if unknown:
        raise TypeError(f"update_level does not change {sorted(unknown)}")
    levels = {level.pk: level for level in lock_levels()}
    level = levels.pop(level_id, None)
    if level is None:
        raise NotFound(details={"id": level_id})
    before = _values(level)
    for name, value in changes.items():
        setattr(level, name, value)
    _check(level, list(levels.values()))

    level.modify_time = clock.now()
    with refusing(_REFUSALS):
        level.save(update_fields=[*changes, "modify_time"])

    audit(level, before=before, after=_values(level), actor=actor)
    return level


@transaction.atomic
def grade_partner(*, partner_id: int, points: int, actor: Actor) -> Partner:
    """Put a member on the level their earned points reach, up or down; audited when it changes."""
    partner = get_partner(partner_id)
    level = level_for_points(points)
    if level.pk == partner.level_id:
        return partner

    before = partner.level_id
    partner.level = level
    partner.modify_time = clock.now()
    partner.save(update_fields=["level", "modify_time"])

    audit(partner, before={"level": before}, after={"level": level.pk}, actor=actor)
    return partner


def _check(level: Level, others: list[Level]) -> None:
    level.name = clean_text(level.name, param="name", limit=LEVEL_NAME_MAX, error=InvalidPartner, required=True)
    level.description = clean_text(level.description, param="description", limit=200, error=InvalidPartner)
    if not 0 <= level.min_points <= POINTS_MAX:
        raise InvalidPartner(_("Must be a number of points."), param="minPoints")
    if level.max_points is not None and not level.min_points < level.max_points <= POINTS_MAX:
        raise InvalidPartner(_("Must be more than the points the level starts from."), param="maxPoints")
    if not Decimal(0) < level.discount <= 1:
        raise InvalidPartner(_("Must be more than 0 and at most 1."), param="discount")
    if level.min_points > 0 and all(other.min_points > 0 for other in others):
        raise InvalidPartner(_("One level has to start at 0 points."), param="minPoints")
    if any(level.name == other.name for other in others):
        raise LevelNameTaken(param="name")
    clash = next((other for other in others if _overlap(level, other)), None)
    if clash is not None:
        raise LevelOverlap(param="minPoints", details={"level": clash.name})


def _overlap(one: Level, other: Level) -> bool:
    starts_before_end = other.max_points is None or one.min_points < other.max_points
    ends_after_start = one.max_points is None or other.min_points < one.max_points
    return starts_before_end and ends_after_start


def _values(level: Level) -> dict[str, Any]:
    return {name: getattr(level, name) for name in _FIELDS}
