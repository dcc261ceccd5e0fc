"""Playing invoices: every sale, return and write-off through the commands the API calls, at the time it happened."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from decimal import Decimal

from django.db import transaction

from orders.payments.choices import RefundReason
from orders.payments.services import confirm_offline_payment, confirm_refund, refund_order
from orders.replay.cleaning import Invoice, LineClass, line_class_of_sale
from orders.replay.documents import bring_in, take_out
from orders.replay.known import Known
from orders.replay.matching import Piece, SoldLines
from orders.replay.parsing import SalesLine
from orders.replay.stage import Stage
from orders.replay.tally import Tally
from orders.services import (
    Consignee,
    OrderItemInput,
    ReturnItemInput,
    complete_order,
    inspect_return,
    place_order,
    receive_return,
    release_to_warehouse,
    request_return,
)
from stores.choices import StockInType
from vmi.core.commands import command
from vmi.core.exceptions import Busy, DomainError
from vmi.core.money import quantize
from vmi.events.catalogue import SaleRefused
from vmi.events.services import deliver_inline, record
from warehousing.selectors import notice_ids_of_source
from warehousing.services import confirm_manually


class Player:
    """Plays invoices one by one and keeps what later ones need: orders by invoice, sold lines, members."""

    def __init__(self, stage: Stage, known: Known, tally: Tally, members: dict[str, int]) -> None:
        self._stage = stage
        self._known = known
        self._tally = tally
        self._members = members
        self._sold = SoldLines()

    def play(self, invoice: Invoice) -> None:
        """Everything one invoice number stands for; what an earlier run settled is counted and not repeated."""
        if invoice.sold:
            self._sell(invoice)
        if invoice.returned:
            self._take_back(invoice)
        if invoice.written_off:
            self._write_off(invoice)

    # --- sales ---

    def _sell(self, invoice: Invoice) -> None:
        number = invoice.number
        is_new = not self._known.is_settled(invoice)
        if is_new:
            self._try_sale(invoice)
        found = self._known.orders.get(number)
        if found is None:
            self._count_refusal(invoice, is_new=is_new)
        elif found[1] != _cost(invoice):
            self._tally.count(LineClass.OTHER_CONTENT, invoice.sold)
        else:
            self._count_sale(invoice, is_new=is_new)

    def _try_sale(self, invoice: Invoice) -> None:
        """The whole invoice or nothing: a refusal leaves no trace but its event, which names the short lines."""
        try:
            self._known.orders[invoice.number] = self._order(invoice), _cost(invoice)
        except Busy:
            raise
        except DomainError as refusal:
            self._known.refusals[invoice.number] = refusal.code
            self._refuse(invoice, refusal, is_write_off=False)

    @command
    def _order(self, invoice: Invoice) -> int:
        """One command, so that the five inside share its savepoint and write their events together."""
        with deliver_inline(gather=True):
            return self._take_every_step(invoice)

    def _take_every_step(self, invoice: Invoice) -> int:
        actor = self._stage.machine
        order = place_order(
            store_id=self._stage.store_id,
            partner_id=self._members[invoice.customer] if invoice.customer else None,
            items=[OrderItemInput(line.code, line.quantity, agreed_price=line.price) for line in invoice.sold],
            consignee=Consignee(name=member_name(invoice.customer), address=invoice.country),
            source_ref=invoice.number,
            actor=actor,
        )
        confirm_offline_payment(order_id=order.pk, amount=order.cost, reference=invoice.number, actor=actor)
        release_to_warehouse(order_id=order.pk, actor=actor)
        for notice_id in notice_ids_of_source(order.source):
            confirm_manually(notice_id=notice_id, company="", tracking_no="", actor=actor)
        complete_order(order_id=order.pk, actor=actor)
        return int(order.pk)

    def _count_sale(self, invoice: Invoice, *, is_new: bool) -> None:
        self._sold.add(invoice)
        self._tally.document("orders", is_new=is_new)
        self._tally.revenue += _cost(invoice)
        for line in invoice.sold:
            self._tally.count(line_class_of_sale(line), [line])

    def _count_refusal(self, invoice: Invoice, *, is_new: bool) -> None:
        self._tally.document("refused invoices", is_new=is_new)
        self._tally.refusals[self._known.refusals[invoice.number]] += 1
        self._tally.count(LineClass.REFUSED, invoice.sold)

    def _refuse(self, invoice: Invoice, refusal: DomainError, *, is_write_off: bool) -> None:
        details = refusal.details.get("lines", [])
        payload = SaleRefused(invoice.number, refusal.code, is_write_off, details)
        record(payload, subject=f"invoice:{invoice.number}", actor=self._stage.machine)

    # --- returns ---

    def _take_back(self, invoice: Invoice) -> None:
        is_new = invoice.number not in self._known.returns
        by_order: dict[str, list[Piece]] = defaultdict(list)
        unmatched: Counter[str] = Counter()
        for line in invoice.returned:
            pieces, missing = self._sold.take(line, invoice.customer)
            for piece in pieces:
                by_order[piece.invoice].append(piece)
            if missing:
                unmatched[line.code] += missing
            self._tally.count(_class_of_return(pieces, missing), [line])

        for original, pieces in by_order.items():
            self._tally.document("returns", is_new=is_new)
            self._tally.refunded += _refund(pieces)
            if is_new:
                self._return(invoice, original, pieces)
        if unmatched:
            self._tally.document("returns without an order", is_new=is_new)
            self._tally.unmatched_units += unmatched.total()
            if is_new:
                description = f"Cancellation {invoice.number}: no earlier sale of the customer is in the file"
                bring_in(self._stage, unmatched, sn=invoice.number, kind=StockInType.RETURN, description=description)

    def _return(self, invoice: Invoice, original: str, pieces: Sequence[Piece]) -> None:
        actor = self._stage.machine
        ref = f"{invoice.number}/{original}"
        order_id = self._known.orders[original][0]
        units: Counter[int] = Counter()
        for piece in pieces:
            units[piece.line_no] += piece.quantity
        returned = request_return(
            order_id=order_id,
            lines=[ReturnItemInput(line_no, quantity) for line_no, quantity in sorted(units.items())],
            reason=f"Cancellation {invoice.number}",
            source_ref=ref,
            actor=actor,
        )
        receive_return(return_id=returned.pk, actor=actor)
        amount = _refund(pieces)
        inspect_return(return_id=returned.pk, refund_amount=amount, actor=actor)
        # The refund was opened by the return's event; asking again answers it. In the file the money is back.
        refund = refund_order(
            order_id=order_id, amount=amount, reason=RefundReason.RETURNED, cause_ref=returned.sn, actor=actor
        )
        if refund is not None:
            confirm_refund(refund_id=refund.pk, reference=ref, actor=actor)

    # --- write-offs ---

    def _write_off(self, invoice: Invoice) -> None:
        number = invoice.number
        is_new = number not in self._known.write_offs and number not in self._known.refused_write_offs
        if is_new:
            self._try_write_off(invoice)
        if number in self._known.write_offs:
            self._tally.document("write-offs", is_new=is_new)
            self._tally.count(LineClass.WRITTEN_OFF, invoice.written_off)
        else:
            self._tally.document("refused write-offs", is_new=is_new)
            self._tally.count(LineClass.WRITE_OFF_REFUSED, invoice.written_off)

    def _try_write_off(self, invoice: Invoice) -> None:
        units: Counter[str] = Counter()
        for line in invoice.written_off:
            units[line.code] -= line.quantity
        remarks = " / ".join(dict.fromkeys(line.description for line in invoice.written_off if line.description))
        try:
            with transaction.atomic():
                take_out(self._stage, units, sn=invoice.number, description=remarks)
            self._known.write_offs.add(invoice.number)
        except Busy:
            raise
        except DomainError as refusal:
            self._known.refused_write_offs.add(invoice.number)
            self._refuse(invoice, refusal, is_write_off=True)


def member_name(customer: str) -> str:
    """How a customer of the file is called: the file knows numbers only. Empty for an anonymous sale."""
    return f"Customer {customer}" if customer else ""


def _cost(invoice: Invoice) -> Decimal:
    return sum((_amount(line) for line in invoice.sold), Decimal(0))


def _amount(line: SalesLine) -> Decimal:
    return quantize(line.price * line.quantity)


def _refund(pieces: Sequence[Piece]) -> Decimal:
    return quantize(sum((piece.price * piece.quantity for piece in pieces), Decimal(0)))


def _class_of_return(pieces: Sequence[Piece], missing: int) -> LineClass:
    if not missing:
        return LineClass.RETURNED
    return LineClass.PARTLY_RETURNED if pieces else LineClass.RETURNED_WITHOUT_ORDER
