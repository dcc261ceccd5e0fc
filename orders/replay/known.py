"""What earlier runs have settled already: read once, so that a repeated run asks nothing per invoice."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from orders.replay.batches import batches
from orders.replay.cleaning import Invoice
from orders.replay.documents import SOURCE_TYPE
from orders.selectors import imported_orders, imported_return_refs
from stores.selectors import stockin_sns_of_type, stockout_sns_of_type
from vmi.events.catalogue import SaleRefused
from vmi.events.selectors import payloads_of

REFS_PER_QUERY = 5_000


@dataclass(slots=True)
class Known:
    """Orders (id and amount) and refusals (reason) by invoice number; numbers of settled returns and write-offs."""

    orders: dict[str, tuple[int, Decimal]] = field(default_factory=dict)
    refusals: dict[str, str] = field(default_factory=dict)
    returns: set[str] = field(default_factory=set)
    write_offs: set[str] = field(default_factory=set)
    refused_write_offs: set[str] = field(default_factory=set)

    def is_settled(self, invoice: Invoice) -> bool:
        """Whether the sale of an invoice has become an order or a refusal."""
        return invoice.number in self.orders or invoice.number in self.refusals


def known_of(invoices: Sequence[Invoice]) -> Known:
    """What is settled of these invoices."""
    known = Known()
    for refs in batches((invoice.number for invoice in invoices if invoice.sold), REFS_PER_QUERY):
        known.orders |= imported_orders(refs)
    for refused in payloads_of(SaleRefused):
        if refused.is_write_off:
            known.refused_write_offs.add(refused.reference)
        else:
            known.refusals[refused.reference] = refused.reason
    # A return is named after its cancellation and the invoice it undoes; one transaction wrote all of them.
    known.returns = {ref.split("/")[0] for ref in imported_return_refs()} | stockin_sns_of_type(SOURCE_TYPE)
    known.write_offs = stockout_sns_of_type(SOURCE_TYPE)
    return known
