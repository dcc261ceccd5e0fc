"""Cart holds: what somebody put into a cart is kept for them for a while (S003-5, S003-21).

A cart is a document of its own, one per owner: ``cart:M12`` for the member 12, ``cart:U7`` for the user 7 of the
staff. It has at most one open line per SKU and warehouse; a line may be several holds, of goods on hand, of goods on
their way and of oversold units. Changing a quantity keeps the deadline, so that nobody keeps goods for ever by
touching the cart; goods that lapsed and are put in again get a new one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from inventory.exceptions import InsufficientStock, ShortLine
from inventory.selectors.holds import HoldRow, cart_lines, last_line_no
from inventory.services import hold_rows
from inventory.services.hold_rows import Hand, HeldRow
from inventory.services.reserve import ReserveLine, reserve
from inventory.services.terms import Growth, Terms, cart_minutes, check_limits, lock_owner, terms_of
from vmi.core import clock
from vmi.core.actors import Actor
from vmi.core.commands import command
from vmi.core.db import fetch_prepared
from vmi.core.exceptions import InvalidRequest
from vmi.core.fields import QUANTITY_MAX
from vmi.core.sources import Source

CART = "cart"


@dataclass(frozen=True, slots=True)
class CartItem:
    """A SKU in a cart and its units; from one warehouse if it is named."""

    sku_id: int
    quantity: int
    warehouse_id: int | None = None


@dataclass(frozen=True, slots=True)
class _Cart:
    """A cart at work: whose, in which channel, and who acts when."""

    channel_id: int
    partner_id: int | None
    terms: Terms
    hand: Hand


@dataclass(slots=True)
class _Plan:
    """What becomes of the open holds and which lines are new; ``asked`` leads from a line back to its item."""

    targets: dict[HeldRow, int] = field(default_factory=dict)
    ended: list[HeldRow] = field(default_factory=list)
    regrown: list[tuple[list[HeldRow], int]] = field(default_factory=list)
    fresh: list[ReserveLine] = field(default_factory=list)
    kept: dict[int, datetime] = field(default_factory=dict)
    asked: dict[int, int] = field(default_factory=dict)
    growth: dict[int, Growth] = field(default_factory=dict)

    def change(self, line: list[HeldRow], target: int) -> None:
        """Let one line of the cart hold ``target`` units. A line of several holds grows as a whole or not at all."""
        total = sum(row.quantity for row in line)
        if target < total:
            targets, ended = hold_rows.cut(line, total - target)
            self.targets |= targets
            self.ended += ended
        elif target > total and len(line) == 1:
            self.targets[line[0]] = target
        elif target > total:
            self.regrown.append((line, target))


def cart_source(*, partner_id: int | None, user_id: int) -> Source:
    """The document of somebody's cart: a member's, else a user's own."""
    return Source(CART, f"M{partner_id}" if partner_id is not None else f"U{user_id}")


@command
def add_to_cart(
    *, channel_id: int, items: Sequence[CartItem], partner_id: int | None, actor: Actor, dry_run: bool = False
) -> list[HoldRow]:
    """Hold these units for a cart beside those it holds; all or nothing. Returns the holds of these SKUs.

    Raises InsufficientStock or HoldLimitExceeded naming every line, NotFound for the channel.
    """
    return _settle(channel_id, items, partner_id, actor, adds=True)


@command
def change_cart(
    *, channel_id: int, items: Sequence[CartItem], partner_id: int | None, actor: Actor, dry_run: bool = False
) -> list[HoldRow]:
    """Make the cart hold exactly these quantities of these SKUs: 0 gives them back, others stay as they are.

    Repeating it changes nothing. Raises as :func:`add_to_cart`.
    """
    return _settle(channel_id, items, partner_id, actor, adds=False)


def _settle(
    channel_id: int, items: Sequence[CartItem], partner_id: int | None, actor: Actor, *, adds: bool
) -> list[HoldRow]:
    check_items(items, least=1 if adds else 0)
    source = cart_source(partner_id=partner_id, user_id=actor.user_id)
    terms = terms_of(channel_id, source)
    lock_owner(source)
    cart = _Cart(channel_id, partner_id, terms, Hand(source, actor, clock.now()))
    skus = {item.sku_id for item in items}
    locked = hold_rows.lock_holds(source=source, channel_id=channel_id, sku_ids=skus, at=cart.hand.at)
    rows = hold_rows.drop_expired(locked, cart.hand)
    plan = _plan(items, rows, last_line_no(source), adds=adds)
    check_limits(channel_id=channel_id, partner_id=partner_id, terms=terms, growth=plan.growth, at=cart.hand.at)
    _carry_out(plan, cart, items)
    return cart_lines(source, channel_id=channel_id, sku_ids=skus, at=cart.hand.at)


def check_items(items: Sequence[CartItem], *, least: int) -> None:
    """Refuse an empty list, a SKU named twice, and quantities out of bounds."""
    if not items:
        raise InvalidRequest(_("At least one line is required."), code="lines_required", param="items")
    seen = set()
    for index, item in enumerate(items):
        if not least <= item.quantity <= QUANTITY_MAX:
            raise InvalidRequest(
                _("This quantity is out of bounds."), code="quantity_invalid", param=f"items[{index}].quantity"
            )
        if item.sku_id in seen:
            raise InvalidRequest(_("This SKU is named twice."), code="line_repeated", param=f"items[{index}].sku")
        seen.add(item.sku_id)


def _plan(items: Sequence[CartItem], rows: Sequence[HeldRow], last_line: int, *, adds: bool) -> _Plan:
    """Match items with open lines. An item without a warehouse means all of the SKU's lines together."""
    plan = _Plan()
    for index, item in enumerate(items):
        found: dict[int, list[HeldRow]] = {}
        for row in rows:
            if row.sku_id == item.sku_id and item.warehouse_id in (None, row.warehouse_id):
                found.setdefault(row.line_no, []).append(row)
        first, *others = list(found.values()) or [[]]
        held = sum(row.quantity for row in first)
        if adds:
            wanted, units = held + item.quantity, item.quantity
        else:
            elsewhere = [row for line in others for row in line]
            plan.ended += elsewhere
            wanted, units = item.quantity, item.quantity - held - sum(row.quantity for row in elsewhere)
        plan.growth[item.sku_id] = Growth(index + 1, units)
        if first:
            plan.change(first, wanted)
            plan.asked[first[0].line_no] = index
        elif wanted:
            last_line += 1
            plan.fresh.append(ReserveLine(last_line, item.sku_id, wanted, item.warehouse_id))
            plan.asked[last_line] = index
    return plan


def _carry_out(plan: _Plan, cart: _Cart, items: Sequence[CartItem]) -> None:
    """End, resize, then reserve what is new or what its own bucket could not give."""
    again = [row for line, _target in plan.regrown for row in line]
    if plan.targets or again:
        touched = {row.sku_id for row in [*plan.targets, *plan.ended, *again]} | {line.sku_id for line in plan.fresh}
        hold_rows.lock_buckets(channel_id=cart.channel_id, sku_ids=touched, hand=cart.hand)
    hold_rows.end_holds([*plan.ended, *again], cart.hand)
    moved = hold_rows.resize(plan.targets, cart.hand)
    hold_rows.end_holds(moved, cart.hand)
    regrown = [*plan.regrown, *(([row], plan.targets[row]) for row in moved)]
    last_line = max([*plan.asked, last_line_no(cart.hand.source)], default=0) if regrown else 0
    for number, (line, target) in enumerate(regrown, start=last_line + 1):
        index = plan.asked[line[0].line_no]
        plan.fresh.append(ReserveLine(number, line[0].sku_id, target, items[index].warehouse_id))
        plan.kept[number] = min(row.expires_at for row in line)
        plan.asked[number] = index
    if plan.fresh:
        _reserve(plan, cart)
    hold_rows.settle([*plan.ended, *again, *plan.targets], cart.hand)


def _reserve(plan: _Plan, cart: _Cart) -> None:
    """Hold the new lines; those that moved to another bucket keep the deadline they had."""
    try:
        reserve(
            channel_id=cart.channel_id,
            lines=plan.fresh,
            source=cart.hand.source,
            expires_at=cart.hand.at + timedelta(minutes=cart_minutes(cart.terms)),
            partner_id=cart.partner_id,
            joins=True,
            actor=cart.hand.actor,
        )
    except InsufficientStock as short:
        lines: list[ShortLine] = [{**line, "line": plan.asked[line["line"]] + 1} for line in short.lines]
        lines.sort(key=lambda line: line["line"])
        raise InsufficientStock(lines, channel_id=cart.channel_id) from short
    if plan.kept:
        _keep_deadlines(plan.kept, cart.hand.source)


def _keep_deadlines(kept: Mapping[int, datetime], source: Source) -> None:
    params = {
        "source_type": source.type,
        "source_sn": source.sn,
        "lines": list(kept),
        "deadlines": list(kept.values()),
    }
    fetch_prepared(_KEEP, params)


_KEEP = """
    UPDATE inventory_reservation r SET expires_at = w.expires_at
    FROM unnest(%(lines)s::int[], %(deadlines)s::timestamptz[]) AS w(line_no, expires_at)
    WHERE r.source_type = %(source_type)s AND r.source_sn = %(source_sn)s AND r.line_no = w.line_no
"""
