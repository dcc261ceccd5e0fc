"""Named reads about credits, and the proof that accounts equal their entries."""

from typing import Any, Final

from credits.choices import EARNING_TYPES, CreditType
from credits.models import CreditReport
from vmi.core.db import fetch_all

_TOTALS: Final = """
    SELECT coalesce(report.owner_id, ledger.owner_id) AS owner,
           report.sn, report.credit, report.available, report.owed, report.seq,
           coalesce(ledger.earned, 0) AS earned, coalesce(ledger.balance, 0) AS balance,
           coalesce(ledger.entries, 0) AS entries
    FROM credits_creditreport report
    FULL JOIN (
        SELECT owner_id, sum(credit) AS balance, count(*) AS entries,
               coalesce(sum(credit) FILTER (WHERE type = ANY(%(earning)s)), 0) AS earned
        FROM credits_credit GROUP BY owner_id
    ) ledger ON ledger.owner_id = report.owner_id
    WHERE report.id IS NULL
       OR report.available - report.owed <> coalesce(ledger.balance, 0)
       OR report.credit <> coalesce(ledger.earned, 0)
       OR report.seq <> coalesce(ledger.entries, 0)
    ORDER BY 1
"""

_CHAIN: Final = """
    SELECT owner_id AS owner, sn, seq, balance_after, expected_seq, expected_balance
    FROM (
        SELECT owner_id, sn, seq, balance_after,
               row_number() OVER account AS expected_seq,
               sum(credit) OVER account AS expected_balance
        FROM credits_credit
        WINDOW account AS (PARTITION BY owner_id ORDER BY seq)
    ) entry
    WHERE seq <> expected_seq OR balance_after <> expected_balance
    ORDER BY owner_id, seq
"""

_REWARDS: Final = """
    SELECT entry.owner_id AS owner, entry.sn, entry.credit, reward.credit AS spent
    FROM credits_credit entry
    LEFT JOIN credits_creditreward reward ON reward.entry_id = entry.id AND reward.owner_id = entry.owner_id
    WHERE entry.type = %(redeem)s AND entry.credit + coalesce(reward.credit, 0) <> 0
    ORDER BY entry.id
"""


def report_of(partner_id: int) -> CreditReport | None:
    """The member's account, or None when nothing was ever booked."""
    return CreditReport.objects.filter(owner_id=partner_id).first()


def check_reports() -> list[dict[str, Any]]:
    """I9, C9, C2: every account equals the sum of its entries, entries run without gaps, redemptions have their reward.

    Each difference is one row that says which ``check`` failed and carries the figures.
    """
    return [
        *_findings("account", _TOTALS, {"earning": sorted(int(item) for item in EARNING_TYPES)}),
        *_findings("entry", _CHAIN, None),
        *_findings("reward", _REWARDS, {"redeem": int(CreditType.REDEEM)}),
    ]


def _findings(check: str, sql: str, params: dict[str, Any] | None) -> list[dict[str, Any]]:
    rows = fetch_all(sql, params)
    return [{"check": check, **{key: _plain(value) for key, value in row.items()}} for row in rows]


def _plain(value: Any) -> Any:
    """Sums come as Decimal; findings are JSON."""
    return value if value is None or isinstance(value, str) else int(value)
