"""The row lock of the app: a member's account."""

from dataclasses import dataclass
from typing import Final

from partners.choices import PartnerStatus
from vmi.core.db import fetch_prepared

_LOCK: Final = """
    SELECT report.id, report.owner_id, report.credit, report.available, report.owed, report.seq,
           owner.code AS owner_code, owner.status_id AS owner_status, owner.level_id,
           level.min_points AS level_from, level.max_points AS level_to
    FROM credits_creditreport report
    JOIN partners_partner owner ON owner.id = report.owner_id
    JOIN partners_level level ON level.id = owner.level_id
    WHERE report.owner_id = %(owner)s
    FOR NO KEY UPDATE OF report
"""
"""Plain SQL, prepared: it runs once per completed order, and the query builder took longer than the database."""


@dataclass(slots=True)
class Account:
    """A member's account under lock, with what its entries need to know about the member."""

    id: int
    owner_id: int
    credit: int
    available: int
    owed: int
    seq: int
    owner_code: str
    owner_status: int
    level_id: int
    level_from: int
    level_to: int | None

    @property
    def balance(self) -> int:
        """Σ of the member's entries: available, or minus what is owed."""
        return self.available - self.owed

    @property
    def owner_is_enabled(self) -> bool:
        """Whether the member may spend."""
        return self.owner_status == PartnerStatus.ENABLED

    @property
    def fits_level(self) -> bool:
        """Whether the credits earned in all still lie in the band of the member's level."""
        points = max(self.credit, 0)
        return self.level_from <= points and (self.level_to is None or points < self.level_to)


def lock_report(owner_id: int) -> Account | None:
    """Lock a member's account and read it with the member and their level; one statement, no lock on the member.

    Every command that writes an entry holds this lock, so ``seq`` and ``balance_after`` cannot branch and two
    redemptions cannot both see the last credits (reliability R13).
    """
    rows = fetch_prepared(_LOCK, {"owner": owner_id})
    return Account(**rows[0]) if rows else None
