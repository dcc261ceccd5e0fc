"""The row lock of the app: a member's account."""

from credits.models import CreditReport


def lock_report(owner_id: int) -> CreditReport | None:
    """Lock a member's account and read it with the member and their level; one statement, no lock on the member.

    Every command that writes an entry holds this lock, so ``seq`` and ``balance_after`` cannot branch and two
    redemptions cannot both see the last credits (reliability R13).
    """
    rows = CreditReport.objects.select_for_update(of=("self",)).select_related("owner__level")
    return rows.filter(owner_id=owner_id).order_by().first()
