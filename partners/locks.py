"""Row locks of the app: the chain of referers and the bands of levels."""

from partners.models import Level, Partner


def lock_partners(partner_ids: set[int]) -> dict[int, Partner]:
    """Lock members by primary key and return them by id."""
    rows = Partner.objects.select_for_update().filter(pk__in=partner_ids).order_by("pk")
    return {partner.pk: partner for partner in rows}


def lock_levels() -> list[Level]:
    """Lock every level: bands may only be compared while none of them moves."""
    return list(Level.objects.select_for_update().order_by("pk"))
