"""What expires soon leaves the sale by itself (S001-10)."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils.formats import date_format

from inventory.choices import LockReason
from inventory.models import Batch, PhysicalStock, StockLock
from inventory.services import date_batch, post_payment
from inventory.services.near_expiry import lock_near_expiry
from inventory.services.reconcile import prove_stock
from inventory.tasks import lock_expiring_goods
from tests.factories.inventory import Stock, make_stock, source
from vmi.core import clock
from vmi.core.actors import system_actor
from vmi.core.admin.columns import badge
from vmi.core.tenancy import current_namespace

ACTOR = system_actor()
API = "/api/v1/inventory/batches"
ADMIN = "/admin/inventory/batch"


def _today() -> date:
    return clock.local_date(clock.now())


def _batches(**days: int) -> Stock:
    """Ten units of each batch, which expires so many days from today."""
    stock = make_stock()
    for code, left in days.items():
        stock.receive(10, batch=code)
        date_batch(sku_id=stock.sku_id, code=code, expires_on=_today() + timedelta(days=left), actor=ACTOR)
    return stock


def _sell(stock: Stock, units: int) -> None:
    """A paid order that waits for its notice."""
    document = source()
    stock.reserve(units, document=document)
    post_payment(source=document, actor=ACTOR)


def _locked(stock: Stock) -> dict[str, int]:
    rows = PhysicalStock.objects.filter(logical=stock.logical, quality=3, quantity__gt=0).select_related("batch")
    return {row.batch.code: row.quantity for row in rows}


def test_units_that_keep_too_short_are_locked_once() -> None:
    stock = _batches(A=2, B=3, C=90)
    stock.receive(10)

    assert lock_near_expiry(days=3, actor=ACTOR) == 10
    assert lock_near_expiry(days=3, actor=ACTOR) == 0

    assert _locked(stock) == {"A": 10}
    assert (stock.logical.locked_qty, stock.bucket.sellable_qty) == (10, 30)
    found = StockLock.objects.get()
    assert (found.reason, found.note) == (LockReason.NEAR_EXPIRY, f"A {_today() + timedelta(days=2)}")
    assert prove_stock() == []


def test_a_promise_is_kept_with_goods_that_still_keep() -> None:
    """Of 20 units 13 are promised: 7 may leave the sale; the other 3 of the old batch follow when they are free."""
    stock = _batches(A=1, B=90)
    _sell(stock, 13)

    assert lock_near_expiry(days=3, actor=ACTOR) == 7

    assert _locked(stock) == {"A": 7}
    assert (stock.logical.shortage_qty, stock.bucket.sellable_qty) == (0, 0)
    assert prove_stock() == []


def test_expired_units_leave_whatever_was_promised() -> None:
    stock = _batches(A=-1, B=90)
    _sell(stock, 13)

    assert lock_near_expiry(days=0, actor=ACTOR) == 10

    assert _locked(stock) == {"A": 10}
    assert (stock.logical.shortage_qty, stock.bucket.shortage_qty) == (3, 3)
    assert prove_stock() == []


def test_the_last_day_is_a_day_on_sale() -> None:
    stock = _batches(A=0)

    assert lock_near_expiry(days=0, actor=ACTOR) == 0
    assert stock.bucket.sellable_qty == 10


@pytest.mark.parametrize(("days", "units"), [(None, 0), (0, 10), (5, 20)])
def test_the_namespace_decides(monkeypatch: pytest.MonkeyPatch, days: int | None, units: int) -> None:
    _batches(A=-1, B=4)
    monkeypatch.setattr(current_namespace(), "near_expiry_days", days)

    assert lock_expiring_goods.run() == units
    assert prove_stock() == []


def test_a_batch_keeps_for_the_shelf_life_of_its_product() -> None:
    stock = _batches(A=90)
    batch = Batch.objects.get(code="A")
    type(batch.sku.product).objects.filter(pk=batch.sku.product_id).update(expire=30)

    date_batch(sku_id=stock.sku_id, code="A", produced_on=date(2026, 1, 1), actor=ACTOR)

    batch.refresh_from_db()
    assert (batch.produced_on, batch.expires_on) == (date(2026, 1, 1), date(2026, 1, 31))


def test_the_dates_are_written_over_the_api(staff: Callable[..., Any], api_for: Callable[..., Any]) -> None:
    _batches(A=90)
    batch = Batch.objects.get(code="A")
    keeper, clerk = api_for(staff("warehouse")), api_for(staff("clerk"))
    body = {"producedOn": "2026-01-01", "expiresOn": "2026-07-01"}

    assert clerk.post(f"{API}/{batch.pk}/dates/", body, format="json").status_code == 403
    done = keeper.post(f"{API}/{batch.pk}/dates/", body, format="json")
    wrong = keeper.post(f"{API}/{batch.pk}/dates/", {**body, "expiresOn": "2025-01-01"}, format="json")

    assert (done.status_code, done.json()["expiresOn"]) == (200, "2026-07-01")
    assert (wrong.status_code, wrong.json()["error"]["code"]) == (400, "dates_reversed")
    listed = clerk.get(f"{API}/?expiresOnLt=2026-08-01").json()["results"]
    assert [(row["skuCode"], row["code"]) for row in listed] == [(batch.sku.sku, "A")]


def test_the_dates_are_written_in_the_back_office(staff: Callable[..., Any], client_for: Callable[..., Any]) -> None:
    _batches(A=-1, B=90)
    batch = Batch.objects.get(code="A")
    keeper = client_for(staff("warehouse"))

    gone = badge(date_format(_today() - timedelta(days=1), "SHORT_DATE_FORMAT"), "red")
    assert gone in keeper.get(f"{ADMIN}/").content.decode()
    answer = {"_answered": "1", "produced_on": "2026-01-01", "expires_on": str(_today() + timedelta(days=9))}
    keeper.post(f"{ADMIN}/{batch.pk}/set-dates/", answer, follow=True)

    batch.refresh_from_db()
    assert (batch.produced_on, batch.expires_on) == (date(2026, 1, 1), _today() + timedelta(days=9))
    assert gone not in keeper.get(f"{ADMIN}/").content.decode()


def test_a_batch_keeps_at_most_to_the_last_day_there_is() -> None:
    stock = make_stock()
    stock.receive(1, batch="LAST")
    product = Batch.objects.get(code="LAST").sku.product
    type(product).objects.filter(pk=product.pk).update(expire=30)

    batch = date_batch(sku_id=stock.sku_id, code="LAST", produced_on=date(9999, 12, 30), actor=ACTOR)

    assert batch.expires_on == date.max
