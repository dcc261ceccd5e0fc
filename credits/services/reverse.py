"""Taking credits back when goods come back."""

from decimal import Decimal

from django.db.models import DecimalField, QuerySet, Sum, Value
from django.db.models.functions import Coalesce

from credits.choices import CreditType
from credits.models import Credit
from credits.policies import points_to_reverse
from credits.services.accounts import Draft, book, locked_account
from vmi.core import clock
from vmi.core.actors import Actor
from vmi.core.commands import command
from vmi.core.sources import Source


@command
def reverse_for_return(
    *, partner_id: int, order: Source, returned: Source, amount: Decimal, actor: Actor
) -> list[Credit]:
    """Take back the share of the order's credits that ``amount`` of money stands for; once per ``returned`` (C-36).

    Kept credits are rounded down, so that a complete return takes back all. What the member has spent already becomes
    ``owed`` and is paid by their next earnings: a return is never refused for it. A return that is reported before
    the order accrued leaves an entry of zero, which the accrual takes into account.
    """
    now = clock.now()
    account = locked_account(partner_id, actor=actor, now=now)
    if Credit.objects.filter(
        type=CreditType.REFUND_REVERSAL, source_type=returned.type, source_sn=returned.sn
    ).exists():
        return []
    earned = list(_earned(order, partner_id))
    drafts = [_share(entry, order, returned, amount) for entry in earned] or [_early(order, returned, amount)]

    return book(account, drafts, actor=actor, now=now)


def _earned(order: Source, partner_id: int) -> "QuerySet[Credit]":
    """What the order granted, with the money returned and the credits taken back so far."""
    money = DecimalField(max_digits=14, decimal_places=2)
    return (
        Credit.objects.filter(owner_id=partner_id, type=CreditType.ORDER, source_type=order.type, source_sn=order.sn)
        .annotate(
            returned_before=Coalesce(Sum("reversals__amount"), Value(Decimal(0)), output_field=money),
            taken_before=Coalesce(Sum("reversals__credit"), 0),
        )
        .order_by("pk")
    )


def _share(entry: Credit, order: Source, returned: Source, amount: Decimal) -> Draft:
    points = points_to_reverse(
        earned=entry.credit,
        base=entry.amount,
        returned=entry.returned_before + amount,  # type: ignore[attr-defined]  # annotated above
        reversed_before=-entry.taken_before,  # type: ignore[attr-defined]  # annotated above
    )
    return Draft(
        type=CreditType.REFUND_REVERSAL,
        credit=-points,
        source=returned,
        memo=order.sn,
        policy_id=entry.policy_id,
        amount=amount,
        origin_sn=order.sn,
        reverses_id=entry.pk,
    )


def _early(order: Source, returned: Source, amount: Decimal) -> Draft:
    return Draft(
        type=CreditType.REFUND_REVERSAL, credit=0, source=returned, memo=order.sn, amount=amount, origin_sn=order.sn
    )
