"""Why a channel can sell just so many units of a SKU: a tree of terms from the goods on hand up to the shop front.

Every term is a signed number of units with a sentence and the ledger rows it comes from; the terms below a node sum
to it, and the spot tree sums to what ``sellable`` answers. Presale and overselling are explained each on its own.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from inventory.choices import Counter, Purpose
from inventory.selectors.explain_sql import CHANNELS, COMING, POOLS, ROWS
from vmi.core import clock
from vmi.core.admin.columns import moment
from vmi.core.db import fetch_all


@dataclass(frozen=True, slots=True)
class Term:
    """A signed figure in units; ``counter`` and ``row_id`` lead to the entries that made it (0: derived)."""

    code: str
    amount: int
    text: str
    counter: int = 0
    row_id: int = 0
    terms: list["Term"] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Coming:
    """Goods on their way: the document, the units still to come and how many may be presold, the day expected."""

    source_type: str
    source_sn: str
    units: int
    presale: int
    due_on: date | None


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a channel can promise of a SKU right now, kind by kind, and what it is made of."""

    channel_id: int
    sku_id: int
    spot: Term
    presale: Term
    oversell: Term
    coming: list[Coming]

    @property
    def sellable(self) -> int:
        """Units of goods on hand the channel can sell."""
        return self.spot.amount


def explain(channel_id: int, sku_id: int) -> Explanation:
    """Explain the figures of a channel and a SKU; four small statements whatever the number of warehouses.

    A SKU that the channel's sources never held is explained by an empty tree.
    """
    params = {"channel": channel_id, "sku": sku_id, "now": clock.now()}
    rows = fetch_all(ROWS, params)
    parts = fetch_all(POOLS, params)
    coming = [
        Coming(row["source_type"], row["source_sn"], row["coming_qty"], row["presale_qty"], row["due_on"])
        for row in fetch_all(COMING, params)
    ]
    spot = [_warehouse(row, [part for part in parts if part["logical_id"] == row["logical_id"]]) for row in rows]
    names = {row["logical_id"]: f"{row['warehouse']} · {row['owner']}" for row in rows}
    offered = [(names[part["logical_id"]], part) for part in parts if part["is_open"]]
    return Explanation(
        channel_id,
        sku_id,
        _node("spot", _("Goods on hand that this channel can sell"), spot),
        _node("presale", _("Goods on their way that this channel can sell"), [_presale(*one) for one in offered]),
        _node("oversell", _("Units beyond the goods that this channel can sell"), [_oversell(*one) for one in offered]),
        coming,
    )


def channels_of_sku(sku_id: int) -> list[tuple[int, str]]:
    """The channels that sell from where a SKU has stock: (id, name), by code."""
    return [(row["id"], row["name"]) for row in fetch_all(CHANNELS, {"sku": sku_id})]


def _node(code: str, text: str, terms: list[Term], counter: int = 0, row_id: int = 0) -> Term:
    """A term that is the sum of those below it; terms of nothing are left out."""
    kept = [term for term in terms if term.amount or term.terms]
    return Term(code, sum(term.amount for term in kept), text, counter, row_id, kept)


def _warehouse(row: dict[str, Any], parts: list[dict[str, Any]]) -> Term:
    """One warehouse and owner: the goods, what is withheld of them, and what each pool keeps from this channel."""
    base, locked, safety = row["physical_base_qty"], row["locked_qty"], row["safety_qty"]
    logical = row["logical_id"]
    unassigned = base - locked - safety - row["pooled_qty"]
    terms = [
        Term("base", base, _("Goods on hand"), Counter.BASE, logical),
        Term("locked", -locked, _("Locked: quality, near expiry, after-sale or legal"), Counter.LOCKED, logical),
        Term("safety", -safety, _("Withheld as safety stock"), Counter.SAFETY, logical),
        _unassigned(unassigned, row["logical_shortage_qty"]),
    ]
    for pool_id in dict.fromkeys(part["pool_id"] for part in parts):
        terms += _pool([part for part in parts if part["pool_id"] == pool_id])
    name = f"{row['warehouse']} · {row['owner']}"
    return _node("warehouse", name, terms)


def _unassigned(units: int, shortage: int) -> Term:
    """What no pool holds; negative after a loss of goods that pools still count on."""
    if units >= 0:
        return Term("unassigned", -units, _("In no pool: nobody may sell it yet"))
    text = _("Quotas beyond the goods after a loss; %(shortage)s of them are a reported shortage") % {
        "shortage": shortage
    }
    return Term("deficit", -units, text)


def _pool(parts: list[dict[str, Any]]) -> list[Term]:
    """A pool from which the channel sells bucket by bucket; any other pool as one term with its reason."""
    first = parts[0]
    purpose = Purpose(first["purpose"]).label
    if not any(part["is_open"] for part in parts):
        text = (
            _("Kept for internal documents: transfers, supplier returns, own use")
            if first["is_internal"]
            else _("Pool “%(pool)s”: %(reason)s") % {"pool": purpose, "reason": _closed_pool(parts)}
        )
        code = "internal" if first["is_internal"] else "other_pool"
        return [Term(code, -first["quota_qty"], text, Counter.QUOTA, first["pool_id"])]
    rest = first["quota_qty"] - sum(part["base_quota_qty"] for part in parts)
    left = _("Pool “%(pool)s”: assigned to no channel") % {"pool": purpose}
    return [
        Term("pool_rest", -rest, left, Counter.QUOTA, first["pool_id"]),
        *(_bucket(str(purpose), part) for part in parts),
    ]


def _closed_pool(parts: list[dict[str, Any]]) -> str:
    """Why a channel sells nothing from a pool; its own bucket's reason comes first."""
    known = [part for part in parts if part["bucket_id"]]
    known.sort(key=lambda part: (not part["is_own"], part["channel_id"] is not None))
    return _closed(known[0]) if known else _("not open to this channel")


def _bucket(purpose: str, part: dict[str, Any]) -> Term:
    """A bucket: what it holds for others, or what became of the part that is open to this channel."""
    quota, row_id = part["base_quota_qty"], part["bucket_id"]
    if not part["is_open"]:
        text = _("Pool “%(pool)s”: %(reason)s") % {"pool": purpose, "reason": _closed(part)}
        return Term("closed", -quota, text, Counter.BASE_QUOTA, row_id)
    held = part["held_qty"] - part["expired_spot"]
    balance = quota - held - part["sold_qty"] - part["frozen_qty"]
    own = part["channel"] or _("shared by its channels")
    terms = [
        Term("held", -held, _("Held in carts and unpaid orders"), Counter.HELD, row_id),
        Term("sold", -part["sold_qty"], _("Paid, not shipped yet"), Counter.SOLD, row_id),
        Term(
            "frozen", -part["frozen_qty"], _("Cancelled, the warehouse has not confirmed yet"), Counter.FROZEN, row_id
        ),
        Term(
            "shortage",
            max(-balance, 0),
            _("Promised beyond the goods after a loss: nothing is left to sell here"),
            Counter.CHANNEL_SHORTAGE,
            row_id,
        ),
        _cap(part, max(balance, 0)),
    ]
    text = _("Pool “%(pool)s”, quota %(quota)s (%(who)s)") % {"pool": purpose, "quota": quota, "who": own}
    return _node("bucket", text, terms, Counter.BASE_QUOTA, row_id)


def _cap(part: dict[str, Any], balance: int) -> Term:
    """What the channel's cap in a shared bucket takes off."""
    left = part["spot_now"]
    text = _("The channel's cap here is %(cap)s, %(used)s of it used") % {
        "cap": part["cap_qty"] or 0,
        "used": (part["used_qty"] or 0) - part["expired_own"],
    }
    return Term("cap", left - balance, text, Counter.SHARE_USED, part["share_id"] or 0)


def _closed(part: dict[str, Any]) -> str:
    """Why a bucket is not open to the channel."""
    if part["is_own"] is False:
        return _("set aside for %(channel)s") % {"channel": part["channel"]}
    if not part["in_window"]:
        return _("its time is %(start)s to %(end)s") % {
            "start": moment(part["effective_from"]),
            "end": moment(part["effective_to"]),
        }
    if part["purpose"] != Purpose.NORMAL and part["share_id"] is None:
        return _("not open to this channel")
    return _("the channel has a quota of its own and may not sell from the shared one")


def _presale(warehouse: str, part: dict[str, Any]) -> Term:
    """What a bucket may sell of goods on their way."""
    row_id, held = part["bucket_id"], part["presale_held_qty"] - part["expired_presale"]
    terms = [
        Term("presale_granted", part["presale_qty"], _("Opened for presale"), Counter.PRESALE, row_id),
        Term("presale_held", -held, _("Held in carts and unpaid orders"), Counter.PRESALE_HELD, row_id),
        Term("presale_sold", -part["presale_sold_qty"], _("Presold and paid"), Counter.PRESALE_SOLD, row_id),
    ]
    return _closed_by(terms, part["presale_now"], _("A capped channel sells goods on hand only"), warehouse)


def _oversell(warehouse: str, part: dict[str, Any]) -> Term:
    """What a bucket may sell beyond its goods."""
    row_id, held = part["bucket_id"], part["oversold_held_qty"] - part["expired_oversold"]
    terms = [
        Term("oversell_limit", part["oversell_limit_qty"], _("Oversell limit"), Counter.OVERSELL_LIMIT, row_id),
        Term("oversold_held", -held, _("Oversold, held in carts and unpaid orders"), Counter.OVERSOLD_HELD, row_id),
        Term(
            "oversold_sold",
            -part["oversold_sold_qty"],
            _("Oversold, paid, waiting for goods"),
            Counter.OVERSOLD_SOLD,
            row_id,
        ),
    ]
    if not part["oversell_enabled"]:
        reason = _("Overselling is switched off")
    elif part["shortage_qty"]:
        reason = _("No overselling while a loss is not made good")
    else:
        reason = _("A capped channel sells goods on hand only")
    return _closed_by(terms, part["oversell_now"], reason, warehouse)


def _closed_by(terms: list[Term], now: int, reason: str, warehouse: str) -> Term:
    """A bucket's terms, closed by what keeps the rest of them from this channel."""
    rest = sum(term.amount for term in terms) - now
    return _node("warehouse", warehouse, [*terms, Term("not_offered", -rest, reason)])
