"""What a file needs before its first invoice: articles, customers, opening stock. Pure arithmetic."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal

from orders.replay.cleaning import Cleaned, Invoice

NAME_MAX = 200
FINGERPRINT_LENGTH = 12


@dataclass(frozen=True, slots=True)
class Article:
    """A SKU of the file: its code, the name most lines give it, and its first price (0 when it was never sold)."""

    code: str
    name: str
    price: Decimal


def articles(invoices: Sequence[Invoice]) -> list[Article]:
    """Every article that is sold, returned or written off, by code; its name is the description used most often.

    Only sales name an article: remarks such as “damaged” on other lines are no names. Ties go to the earlier one.
    """
    names: dict[str, Counter[str]] = defaultdict(Counter)
    fallback: dict[str, str] = {}
    prices: dict[str, Decimal] = {}
    for invoice in invoices:
        for line in invoice.sold:
            if line.price:
                names[line.code][line.description] += bool(line.description)
                prices.setdefault(line.code, line.price)
        for line in invoice.lines:
            fallback[line.code] = fallback.get(line.code) or line.description
    return [
        Article(code, _name(code, names[code], fallback[code]), prices.get(code, Decimal(0)))
        for code in sorted(fallback)
    ]


def _name(code: str, names: Counter[str], fallback: str) -> str:
    best = max(names, key=names.__getitem__, default="")
    return (best or fallback or code)[:NAME_MAX]


def customers(invoices: Iterable[Invoice]) -> list[str]:
    """Every customer who buys something, in the order of their first purchase."""
    return list(dict.fromkeys(invoice.customer for invoice in invoices if invoice.customer and invoice.sold))


def opening_units(invoices: Iterable[Invoice], cover: Decimal) -> dict[str, int]:
    """Units per article that the sales of ``invoices`` times ``cover`` need, rounded down; articles with 0 left out."""
    sold: Counter[str] = Counter()
    for invoice in invoices:
        for line in invoice.sold:
            sold[line.code] += line.quantity
    units = {code: int((total * cover).to_integral_value(ROUND_FLOOR)) for code, total in sorted(sold.items())}
    return {code: quantity for code, quantity in units.items() if quantity}


def written_off_units(invoices: Iterable[Invoice]) -> dict[str, int]:
    """Units per article that leave as write-offs; they were in stock before, whatever the cover of sales."""
    units: Counter[str] = Counter()
    for invoice in invoices:
        for line in invoice.written_off:
            units[line.code] -= line.quantity
    return dict(sorted(units.items()))


def without_known(invoices: Iterable[Invoice], known: Collection[str]) -> list[Invoice]:
    """The invoices that no earlier run has settled."""
    return [invoice for invoice in invoices if invoice.number not in known]


def fingerprint(cleaned: Cleaned, cover: Decimal) -> str:
    """A short digest of what is to be played: the same file with the same cover gives the same one."""
    digest = hashlib.sha256(f"{cover.normalize()}".encode())
    for invoice in cleaned.invoices:
        digest.update(f"|{invoice.number}|{invoice.at}|{invoice.customer}".encode())
        for line in invoice.lines:
            digest.update(f"|{line.code}|{line.quantity}|{line.price}".encode())
    return digest.hexdigest()[:FINGERPRINT_LENGTH]
