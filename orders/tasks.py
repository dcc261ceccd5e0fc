"""Sweeps of the orders app: the state columns are the to-do lists, each order is one transaction of its own."""

import logging
from collections.abc import Callable, Iterable
from datetime import timedelta

from celery import shared_task
from django.conf import settings

from orders import selectors
from orders.services import complete_order, expire_order, release_to_warehouse
from vmi.core import clock
from vmi.core.actors import system_actor
from vmi.core.exceptions import DomainError
from vmi.namespaces.tasks import NamespaceTask

log = logging.getLogger(__name__)

AUTO_COMPLETE_DAYS = 7
"""Days after shipping when an order counts as received unless ``ORDERS_AUTO_COMPLETE_DAYS`` says otherwise."""


@shared_task(base=NamespaceTask, name="orders.expire_unpaid")
def expire_unpaid() -> int:
    """Close what was not paid in time; returns how many orders it closed (C-08)."""
    actor = system_actor("orders.expire_unpaid")
    ids = selectors.overdue_ids(clock.now())
    return _each(ids, lambda order_id: expire_order(order_id=order_id, actor=actor))


@shared_task(base=NamespaceTask, name="orders.release_paid")
def release_paid() -> int:
    """Tell the warehouses about paid orders; returns how many were released.

    An order that cannot be released now (goods missing on the shelves) is logged and tried again next time;
    it does not keep the others waiting.
    """
    actor = system_actor("orders.release_paid")
    return _each(
        selectors.ids_to_release(), lambda order_id: bool(release_to_warehouse(order_id=order_id, actor=actor))
    )


@shared_task(base=NamespaceTask, name="orders.auto_complete")
def auto_complete() -> int:
    """Complete what was shipped long enough ago; returns how many orders it completed."""
    actor = system_actor("orders.auto_complete")
    days = int(getattr(settings, "ORDERS_AUTO_COMPLETE_DAYS", AUTO_COMPLETE_DAYS))
    ids = selectors.ids_to_complete(clock.now() - timedelta(days=days))
    return _each(ids, lambda order_id: bool(complete_order(order_id=order_id, actor=actor)))


def _each(ids: Iterable[int], command: Callable[[int], bool]) -> int:
    done = 0
    for order_id in ids:
        try:
            done += command(order_id)
        except DomainError as error:
            log.warning("order %s left for the next sweep: %s (%s)", order_id, error.code, error)
    return done
