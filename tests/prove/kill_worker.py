"""A process that takes orders, cashes and ships them, writing down each answer; it may be killed at any moment.

``python -m tests.prove.kill_worker FIRST STEP COUNT JOURNAL``: the orders FIRST, FIRST + STEP, … below COUNT. What
the journal holds already is not done again; what was on its way when the last process died is asked for again
under the same reference.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

SCHEMA = "killed"
SKUS = 20
PATIENCE_S = 120.0

Answer = dict[str, Any]


def wanted(number: int) -> list[tuple[int, int]]:
    """What order ``number`` wants: (index of the SKU, units); hot SKUs and odd mixtures, the same in every run."""
    first, second = number % 7, (number * 13 + number // 7) % SKUS
    lines = {first: 1 + number % 2}
    if number % 3:
        lines[second] = lines.get(second, 0) + 1 + number % 3
    return sorted(lines.items())


def read_journal(path: Path) -> list[Answer]:
    """The answers written down; a line cut off by the kill was no answer."""
    if not path.exists():
        return []
    lines = path.read_bytes().split(b"\n")[:-1]
    return [json.loads(line) for line in lines if line.startswith(b"{") and line.endswith(b"}")]


class Worker:
    """Orders one after the other until the last is shipped or refused."""

    def __init__(self, journal: Path) -> None:
        from django_tenants.utils import get_tenant_model

        from stores.models import Store

        self.finished = {row["key"] for row in read_journal(journal) if row["step"] in ("shipped", "refused")}
        self.journal = os.open(journal, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self.namespace = self.insist(lambda: get_tenant_model().objects.get(schema_name=SCHEMA))
        self.enter()
        self.store_id: int = self.insist(lambda: Store.objects.get().pk)

    def enter(self) -> None:
        """Stand in the namespace, on a new connection if the last one is gone."""
        from django.db import connection, connections

        connections.close_all()
        if hasattr(self, "namespace"):
            connection.set_schema_to_public()
            connection.set_tenant(self.namespace)

    def insist(self, step: Callable[[], Any]) -> Any:
        """Repeat a step while the database is away or busy."""
        from django.db import InterfaceError, OperationalError

        from vmi.core.exceptions import Busy

        end = time.monotonic() + PATIENCE_S
        while True:
            try:
                return step()
            except (OperationalError, InterfaceError, Busy):
                if time.monotonic() > end:
                    raise
                time.sleep(0.2)
                self.enter()

    def tell(self, key: str, step: str, **more: Any) -> None:
        """Write an answer down: from here on it must be true for ever."""
        os.write(self.journal, json.dumps({"key": key, "step": step, **more}).encode() + b"\n")

    def trade(self, number: int) -> None:
        """One order from its placing to its shipping."""
        from inventory.exceptions import InsufficientStock
        from orders.payments.services import confirm_offline_payment
        from orders.services import OrderItemInput, place_order, release_to_warehouse
        from vmi.core.actors import system_actor
        from warehousing.selectors import notice_ids_of_source
        from warehousing.services import confirm_manually

        key, actor = f"K-{number:06d}", system_actor("kill")
        if key in self.finished:
            return
        items = [OrderItemInput(f"KILL-{index:02d}", units) for index, units in wanted(number)]
        try:
            order = self.insist(
                lambda: place_order(store_id=self.store_id, partner_id=None, items=items, source_ref=key, actor=actor)
            )
        except InsufficientStock:
            self.tell(key, "refused")
            return
        self.tell(key, "placed", sn=order.sn)
        self.insist(lambda: confirm_offline_payment(order_id=order.pk, amount=order.cost, reference=key, actor=actor))
        self.tell(key, "paid")
        self.insist(lambda: release_to_warehouse(order_id=order.pk, actor=actor))
        for notice in self.insist(lambda: notice_ids_of_source(order.source)):
            self.insist(partial(confirm_manually, notice_id=notice, company="SF", tracking_no=key, actor=actor))
        self.tell(key, "shipped")


def main() -> None:
    """Work through the numbers."""
    first, step, count = (int(word) for word in sys.argv[1:4])
    worker = Worker(Path(sys.argv[4]))
    for number in range(first, count, step):
        worker.trade(number)


if __name__ == "__main__":
    import django

    django.setup()
    main()
