"""Named reads about members."""

from collections.abc import Iterable
from dataclasses import dataclass

from partners.choices import PartnerStatus
from partners.exceptions import PartnerDisabled, PartnerNotFound
from partners.models import Level, Partner
from vmi.core.db import fetch_all
from vmi.core.rows import load

REFERER_DEPTH_MAX = 10_000
"""Longest chain of referers followed; a guard against a damaged table, no business limit."""


@dataclass(frozen=True, slots=True)
class LevelRow:
    """A level as other apps see it; ``points_to`` is null at the top."""

    id: int
    name: str
    points_from: int
    points_to: int | None


def get_partner(partner_id: int) -> Partner:
    """The member with this id. Raises PartnerNotFound."""
    found = load(Partner, pk=partner_id)
    if not found:
        raise PartnerNotFound(details={"id": partner_id})
    return found[0]


def get_enabled_partner(partner_id: int) -> Partner:
    """The member with this id, who may act. Raises PartnerNotFound or PartnerDisabled."""
    partner = get_partner(partner_id)
    if not partner.is_enabled:
        raise PartnerDisabled(details={"code": partner.code})
    return partner


def partner_id_of_user(user_id: int) -> int | None:
    """The enabled member who signs in as this user, or None."""
    rows = Partner.objects.filter(user_id=user_id, status_id=PartnerStatus.ENABLED)
    return rows.values_list("id", flat=True).first()


def partners_by_codes(codes: Iterable[str]) -> dict[str, Partner]:
    """Members by member code; unknown codes are left out."""
    return {partner.code: partner for partner in Partner.objects.filter(code__in=set(codes))}


def partner_ids_of_refs(source_refs: Iterable[str]) -> dict[str, int]:
    """Which imported references are members already (reference → member id)."""
    found = Partner.objects.filter(source_ref__in=set(source_refs))
    return {str(ref): pk for ref, pk in found.values_list("source_ref", "id")}


def level_for_points(points: int) -> Level:
    """The highest level whose band starts at or below ``points``; the lowest one when none does (C-26: half open)."""
    reached = Level.objects.filter(min_points__lte=max(points, 0)).order_by("-min_points").first()
    return reached or lowest_level()


def lowest_level() -> Level:
    """Where every member starts."""
    return Level.objects.order_by("min_points")[0]


def level_rows() -> list[LevelRow]:
    """Every level from the lowest up."""
    rows = Level.objects.order_by("min_points").values_list("id", "name", "min_points", "max_points")
    return [LevelRow(*row) for row in rows]


def referer_chain(partner_id: int) -> list[int]:
    """The ids from this member up to the one nobody referred, this member first; stops where it would repeat."""
    rows = fetch_all(
        """
        WITH RECURSIVE chain AS (
            SELECT id, referer_id, 1 AS depth FROM partners_partner WHERE id = %(id)s
            UNION ALL
            SELECT up.id, up.referer_id, chain.depth + 1
            FROM partners_partner up JOIN chain ON up.id = chain.referer_id
            WHERE chain.depth < %(limit)s
        ) CYCLE id SET repeats USING path
        SELECT id FROM chain WHERE NOT repeats ORDER BY depth
        """,
        {"id": partner_id, "limit": REFERER_DEPTH_MAX},
    )
    return [int(row["id"]) for row in rows]
