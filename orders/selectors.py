"""Named reads of orders, for the layers above and for the sweeps."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from orders.choices import OrderFulfilment, OrderPayment, OrderStatus, ReturnStatus
from orders.exceptions import OrderNotFound
from orders.models import Order, ReturnOrder
from vmi.core.db import fetch_all

SWEEP_BATCH = 500
"""Most orders one run of a sweep takes; the next minute takes the next ones."""


@dataclass(frozen=True, slots=True)
class OrderCounts:
    """What waits and what came in: numbers of orders and returns."""

    since: int
    to_pay: int
    to_ship: int
    at_warehouse: int
    on_the_way: int
    returns: int
    inspections: int


@dataclass(frozen=True, slots=True)
class DaySales:
    """Paid orders by the day they were placed: how many, their amount and what went back of it."""

    day: date
    orders: int
    amount: Decimal
    refunded: Decimal


_COUNTS = f"""
    SELECT (SELECT count(*) FROM orders_order o WHERE o.create_time >= %(since)s AND {{mine}}) AS since,
           (SELECT count(*) FROM orders_order o WHERE o.status_id = {OrderStatus.OPEN}
               AND o.payment_status_id = {OrderPayment.UNPAID} AND o.expires_at > %(now)s AND {{mine}}) AS to_pay,
           (SELECT count(*) FROM orders_order o WHERE o.status_id = {OrderStatus.OPEN}
               AND o.payment_status_id IN ({OrderPayment.PAID}, {OrderPayment.PARTLY_REFUNDED})
               AND o.fulfilment_status_id = {OrderFulfilment.UNFULFILLED} AND {{mine}}) AS to_ship,
           (SELECT count(*) FROM orders_order o WHERE o.status_id = {OrderStatus.OPEN}
               AND o.fulfilment_status_id = {OrderFulfilment.NOTICED} AND {{mine}}) AS at_warehouse,
           (SELECT count(*) FROM orders_order o WHERE o.status_id = {OrderStatus.OPEN}
               AND o.fulfilment_status_id = {OrderFulfilment.SHIPPED} AND {{mine}}) AS on_the_way,
           (SELECT count(*) FROM orders_returnorder r JOIN orders_order o ON o.id = r.order_id
             WHERE r.status_id = {ReturnStatus.REQUESTED} AND {{mine}}) AS returns,
           (SELECT count(*) FROM orders_returnorder r JOIN orders_order o ON o.id = r.order_id
             WHERE r.status_id = {ReturnStatus.RECEIVED} AND {{mine}}) AS inspections
"""  # noqa: S608 - built from fixed names only

_SALES = f"""
    SELECT (o.create_time AT TIME ZONE %(zone)s)::date AS day, count(*) AS orders,
           sum(o.paid_amount) AS amount, sum(o.refunded_amount) AS refunded
      FROM orders_order o
     WHERE o.create_time >= %(since)s AND o.payment_status_id <> {OrderPayment.UNPAID} AND {{mine}}
     GROUP BY 1 ORDER BY 1
"""  # noqa: S608 - built from fixed names only


def order_counts(*, since: datetime, now: datetime, store_ids: Collection[int] | None) -> OrderCounts:
    """Orders since an instant and those waiting at each step, of these stores (None: of all); one statement."""
    mine, params = _of_stores(store_ids)
    (row,) = fetch_all(_COUNTS.format(mine=mine), {"since": since, "now": now, **params})
    return OrderCounts(**row)


def sales_by_day(*, since: datetime, zone: str, store_ids: Collection[int] | None) -> list[DaySales]:
    """Sales of each day of the zone that had any, oldest first, of these stores (None: of all); one statement."""
    mine, params = _of_stores(store_ids)
    rows = fetch_all(_SALES.format(mine=mine), {"since": since, "zone": zone, **params})
    return [DaySales(row["day"], row["orders"], Decimal(row["amount"]), Decimal(row["refunded"])) for row in rows]


def _of_stores(store_ids: Collection[int] | None) -> tuple[str, dict[str, list[int]]]:
    if store_ids is None:
        return "true", {}
    return "o.store_id = ANY(%(stores)s::bigint[])", {"stores": sorted(store_ids)}


def get_order(order_id: int) -> Order:
    """The order with ``is_overdue``; raises OrderNotFound."""
    order = Order.objects.with_overdue().filter(pk=order_id).first()
    if order is None:
        raise OrderNotFound
    return order


def order_id_of_sn(sn: str) -> int | None:
    """The id behind an order number."""
    return Order.objects.filter(sn=sn).values_list("id", flat=True).first()


def order_ids_of_refs(source_refs: Sequence[str]) -> dict[str, int]:
    """Which imported references are orders already (reference → order id)."""
    found = Order.objects.filter(source_ref__in=source_refs)
    return {str(ref): pk for ref, pk in found.values_list("source_ref", "id")}


def imported_orders(source_refs: Sequence[str]) -> dict[str, tuple[int, Decimal]]:
    """Which imported references are orders already (reference → order id and amount)."""
    found = Order.objects.filter(source_ref__in=source_refs)
    return {str(ref): (pk, cost) for ref, pk, cost in found.values_list("source_ref", "id", "cost")}


def imported_return_refs() -> set[str]:
    """The references of all imported returns."""
    refs = ReturnOrder.objects.filter(source_ref__isnull=False).values_list("source_ref", flat=True)
    return {str(ref) for ref in refs}


def overdue_ids(now: datetime, limit: int = SWEEP_BATCH) -> list[int]:
    """Open unpaid orders past their deadline, longest overdue first."""
    return list(Order.objects.overdue(now).order_by("expires_at", "id").values_list("id", flat=True)[:limit])


def ids_to_release(after_id: int = 0, limit: int = SWEEP_BATCH) -> list[int]:
    """Paid orders the warehouse does not know yet, oldest first."""
    waiting = Order.objects.to_release().filter(id__gt=after_id)
    return list(waiting.order_by("id").values_list("id", flat=True)[:limit])


def ids_to_complete(shipped_before: datetime, limit: int = SWEEP_BATCH) -> list[int]:
    """Orders shipped before an instant and not confirmed by the customer."""
    shipped = Order.objects.shipped_before(shipped_before).order_by("shipped_at", "id")
    return list(shipped.values_list("id", flat=True)[:limit])


def lost_that_disagrees() -> list[dict[str, Any]]:
    """Orders whose lost value is not that of their lost units (S001-36); empty when sound."""
    rows = fetch_all(
        """
        SELECT o.sn, o.lost_amount, SUM(i.price * i.cancelled_count) AS lines
          FROM orders_order o JOIN orders_goodsitem i ON i.order_id = o.id
         GROUP BY o.id HAVING o.lost_amount <> SUM(i.price * i.cancelled_count) ORDER BY o.sn
        """
    )
    return [{"sn": row["sn"], "expected": str(row["lines"]), "found": str(row["lost_amount"])} for row in rows]


def totals_that_disagree() -> list[dict[str, Any]]:
    """Orders whose total is not the sum of their lines: ``sn``, ``cost``, ``lines`` (C7); empty when sound."""
    rows = fetch_all(
        """
        SELECT o.sn, o.cost, COALESCE(SUM(i.amount), 0) AS lines
          FROM orders_order o LEFT JOIN orders_goodsitem i ON i.order_id = o.id
         GROUP BY o.id HAVING o.cost <> COALESCE(SUM(i.amount), 0) ORDER BY o.sn
        """
    )
    return [{"sn": row["sn"], "expected": _text(row["lines"]), "found": _text(row["cost"])} for row in rows]


def returned_that_disagree() -> list[dict[str, Any]]:
    """Order lines whose returned units are not the sum of their received returns; empty when sound."""
    rows = fetch_all(
        """
        SELECT o.sn, i.line_no, i.returned_count, COALESCE(r.units, 0) AS units
          FROM orders_goodsitem i
          JOIN orders_order o ON o.id = i.order_id
          LEFT JOIN (SELECT l.item_id, SUM(l.quantity) AS units
                       FROM orders_returnline l JOIN orders_returnorder t ON t.id = l.return_order_id
                      WHERE t.received_at IS NOT NULL GROUP BY l.item_id) r ON r.item_id = i.id
         WHERE i.returned_count <> COALESCE(r.units, 0) ORDER BY o.sn, i.line_no
        """
    )
    return [
        {
            "sn": f"{row['sn']}/{row['line_no']}",
            "expected": str(row["units"]),
            "found": str(row["returned_count"]),
        }
        for row in rows
    ]


def _text(amount: Decimal) -> str:
    return str(Decimal(amount))
