"""Row locks of the app: members, the chain of referers, the bands of levels.

All are taken without the key (``FOR NO KEY UPDATE``), so that orders and credits may go on referring to the rows.
"""

from partners.models import Level, Partner


def lock_partner(partner_id: int) -> Partner | None:
    """Lock one member."""
    return Partner.objects.select_for_update(no_key=True).filter(pk=partner_id).first()


def lock_referers(partner_id: int) -> Partner | None:
    """Lock one member for a new referer, and the first member of all, whose row stands for the whole chain.

    Two members who name each other at the same moment would both see no circle; whoever comes second waits here.
    A lock on the chain itself would not do: it moves while it is being locked.
    """
    first = Partner.objects.order_by("pk").values_list("pk", flat=True)[:1]
    rows = Partner.objects.select_for_update(no_key=True).filter(pk__in=[*first, partner_id]).order_by("pk")
    return {partner.pk: partner for partner in rows}.get(partner_id)


def lock_levels() -> list[Level]:
    """Lock every level: bands may only be compared while none of them moves."""
    return list(Level.objects.select_for_update(no_key=True).order_by("pk"))
