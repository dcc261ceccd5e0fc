"""``kill -9`` of workers and of PostgreSQL while orders are placed, paid and shipped: what was answered is kept.

``python -m tests.prove.killing [--orders 5000] [--workers 3] [--kills 12]``, on an instance of its own
(``VMI_HOME``, default ``.run-kill``) with full durability. Exits 1 when an answer was lost or a figure is wrong.
"""

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from decimal import Decimal
from pathlib import Path

os.environ.setdefault("VMI_DEFAULT_HOME", ".run-kill")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vmi.settings.dev")
os.environ["CELERY_BROKER_URL"] = "memory://localhost/"  # nobody is nudged: what is due is found by the sweep

from rich.console import Console

from tests.prove.kill_worker import SCHEMA, SKUS, read_journal, wanted

STOCK = 1250
"""Units of each SKU for 5,000 orders: a little less than they want of the hot ones."""


class Lost(AssertionError):
    """An answer that is not true any more, or a figure that cannot be."""


def build(stock: int) -> None:
    """One shop with every SKU on its shelf."""
    from django.core.management import call_command
    from django_tenants.utils import tenant_context

    from catalog.selectors import skus_by_code
    from catalog.services import SkuInput, create_product, publish_product
    from inventory.services import ReceiveLine, receive
    from stores.services import create_store, list_goods
    from vmi.core.actors import system_actor
    from vmi.core.sources import Source
    from vmi.namespaces.services import open_namespace
    from warehousing.selectors import default_location
    from warehousing.services import create_warehouse, create_zone, open_rack, register_owner

    call_command("migrate_all", verbosity=0)
    with tenant_context(open_namespace(schema_name=SCHEMA, name="Killed", domain="killed.localhost")):
        actor = system_actor("kill")
        depot = create_warehouse(name="Depot", actor=actor)
        zone = create_zone(warehouse_id=depot.pk, code="ST", name="Storage", actor=actor)
        open_rack(warehouse_id=depot.pk, zone_id=zone.pk, rack="01", levels=1, slots=1, actor=actor)
        owner = register_owner(name="House", actor=actor)
        store = create_store(name="Shop", sources=[(depot.pk, owner.pk)], actor=actor)
        codes = [f"KILL-{number:02d}" for number in range(SKUS)]
        skus = [SkuInput(sku=code, list_price=Decimal(10)) for code in codes]
        product = create_product(name="Goods", skus=skus, actor=actor)
        publish_product(product_id=product.pk, actor=actor)
        ids = {code: row.id for code, row in skus_by_code(codes).items()}
        for code in codes:
            list_goods(store_id=store.pk, sku_id=ids[code], name=code, price=Decimal(10), actor=actor)
        location = default_location(depot.pk).id
        lines = [
            ReceiveLine(number, ids[code], location, "", stock, Decimal(5)) for number, code in enumerate(codes, 1)
        ]
        receive(warehouse_id=depot.pk, owner_id=owner.pk, lines=lines, source=Source("stockin", "KILL"), actor=actor)


class Crew:
    """The worker processes, their journals, and who of them lives."""

    def __init__(self, workers: int, orders: int, home: Path) -> None:
        self.workers, self.orders = workers, orders
        self.journals = [home / f"journal-{number}" for number in range(workers)]
        self.processes = [self.start(number) for number in range(workers)]

    def start(self, number: int) -> subprocess.Popen[bytes]:
        """A worker for its share of the orders; it goes on where the one before was killed."""
        words = [str(number), str(self.workers), str(self.orders), str(self.journals[number])]
        return subprocess.Popen([sys.executable, "-m", "tests.prove.kill_worker", *words])

    def kill(self, number: int) -> None:
        """SIGKILL, and another in its place."""
        self.processes[number].kill()
        self.processes[number].wait()
        self.processes[number] = self.start(number)

    def done(self) -> int:
        """How many orders were shipped or refused so far, as written down."""
        texts = [path.read_bytes() for path in self.journals if path.exists()]
        return sum(text.count(b'"shipped"') + text.count(b'"refused"') for text in texts)

    def busy(self) -> bool:
        """Whether anybody still works; raises Lost when one gave up."""
        codes = [process.poll() for process in self.processes]
        if any(code not in (None, 0) for code in codes):
            raise Lost(f"workers ended with {codes}")
        return None in codes

    def end(self) -> None:
        """Leave nobody behind."""
        for process in self.processes:
            if process.poll() is None:
                process.kill()
                process.wait()


def kill_postgres() -> float:
    """SIGKILL the database server and start it again; returns the seconds until it answers."""
    from django.conf import settings
    from django.db import connections

    from vmi.embedded import services

    data = settings.RUN_LAYOUT.postgres.resolve() / "data"
    os.kill(int((data / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
    begin = time.monotonic()
    connections.close_all()
    for found in services._services.values():
        found.revive()
    return time.monotonic() - begin


def disturb(crew: Crew, kills: int, console: Console) -> list[float]:
    """Kill workers and, every third time, PostgreSQL, spread over the work; returns the database's recoveries."""
    chooser = random.Random(7)
    moments = sorted(chooser.uniform(0.02, 0.9) * crew.orders for _kill in range(kills))
    recoveries: list[float] = []
    done = 0
    while crew.busy():
        time.sleep(0.05)
        if done < len(moments) and crew.done() >= moments[done]:
            done += 1
            if done % 3 == 0:
                recoveries.append(kill_postgres())
                what = f"PostgreSQL, back after {recoveries[-1]:.1f} s"
            else:
                number = chooser.randrange(crew.workers)
                crew.kill(number)
                what = f"worker {number}"
            console.print(f"  {crew.done():6} orders done: killed {what}")
    if done < len(moments):
        raise Lost(f"only {done} of {kills} kills happened before the work was done")
    return recoveries


def judge(crew: Crew, stock: int) -> Counter[str]:
    """Compare every answer with the rows; raises Lost."""
    from django.db.models import Sum
    from django_tenants.utils import get_tenant_model, tenant_context

    from inventory.models import LogicalStock
    from inventory.services.reconcile import reconcile
    from orders.choices import OrderFulfilment, OrderPayment
    from orders.models import GoodsItem, Order
    from orders.payments.models import Payment
    from vmi.events.tasks import sweep

    answers = [row for path in crew.journals for row in read_journal(path)]
    told: dict[str, set[str]] = {
        step: {row["key"] for row in answers if row["step"] == step}
        for step in ("placed", "paid", "shipped", "refused")
    }
    with tenant_context(get_tenant_model().objects.get(schema_name=SCHEMA)):
        while sweep():
            continue
        rows = {row.source_ref or "": row for row in Order.objects.all()}
        numbers = {(row["key"], row["sn"]) for row in answers if row["step"] == "placed"}
        expect(
            "an order that was answered is there once, under its number", numbers, {(k, o.sn) for k, o in rows.items()}
        )
        expect("a refused order left nothing", told["refused"] & rows.keys(), set())
        expect("every order was answered", told["refused"] | rows.keys(), {f"K-{n:06d}" for n in range(crew.orders)})
        done = {key for key, row in rows.items() if row.fulfilment_status_id == OrderFulfilment.SHIPPED}
        expect("what was answered as shipped is", told["shipped"], done)
        expect("nothing is half done", {row.payment_status_id for row in rows.values()}, {OrderPayment.PAID})
        expect("an order is paid once", Payment.objects.count(), len(rows))
        sold = {row["sku"]: row["n"] for row in GoodsItem.objects.values("sku").annotate(n=Sum("count"))}
        asked: Counter[str] = Counter()
        for key in rows:
            asked.update({f"KILL-{index:02d}": units for index, units in wanted(int(key[2:]))})
        expect("the orders hold what was asked", sold, dict(asked))
        left = {row.sku.sku: row.physical_base_qty for row in LogicalStock.objects.select_related("sku")}
        expect(
            "what is left and what was sold is what there was",
            {k: v + sold.get(k, 0) for k, v in left.items()},
            dict.fromkeys(left, stock),
        )
        expect("nothing was oversold", [units for units in left.values() if units < 0], [])
        expect("the books agree", reconcile().count, 0)
    return Counter({step: len(keys) for step, keys in told.items()})


def expect(what: str, found: object, wanted: object) -> None:
    """Raise Lost unless both are equal."""
    if found != wanted:
        raise Lost(f"{what}: {str(found)[:400]} instead of {str(wanted)[:400]}")


def main() -> None:
    """Build, work under fire, judge, print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=5000)
    parser.add_argument("--workers", type=int, default=3)
    parser.add_argument("--kills", type=int, default=12)
    options = parser.parse_args()
    import django

    django.setup()
    from django.conf import settings

    console, home = Console(width=120), settings.RUN_LAYOUT.home
    if (home / "postgres").is_symlink():
        shutil.rmtree((home / "postgres").resolve(), ignore_errors=True)
    shutil.rmtree(home, ignore_errors=True)
    stock = max(STOCK * options.orders // 5000, 1)
    build(stock)
    begin = time.monotonic()
    crew = Crew(options.workers, options.orders, home)
    try:
        recoveries = disturb(crew, options.kills, console)
    finally:
        crew.end()
    took = time.monotonic() - begin
    figures = judge(crew, stock)
    console.print(
        f"kill -9: {figures['placed']} orders placed, {figures['paid']} paid, {figures['shipped']} shipped,"
        f" {figures['refused']} refused for want of goods in {took:.0f} s;"
        f" {options.kills - len(recoveries)} workers and PostgreSQL {len(recoveries)} times killed,"
        f" back after at most {max(recoveries, default=0):.1f} s; nothing lost, nothing twice, nothing oversold"
    )


if __name__ == "__main__":
    main()
