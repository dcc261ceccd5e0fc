"""The dates of a batch: written once received, refused where they make no sense, audited."""

from datetime import date

import pytest

from inventory.models import Batch
from inventory.services import date_batch
from tests.factories.orders import make_shop
from vmi.core.actors import system_actor
from vmi.core.exceptions import InvalidRequest, NotFound
from vmi.events.models import Event

MADE, GONE = date(2026, 1, 1), date(2026, 7, 1)


@pytest.fixture
def batch() -> Batch:
    shop = make_shop()
    shop.receive(shop.skus[0], 5, batch="B1")
    return Batch.objects.get(code="B1")


def test_a_received_batch_gets_its_dates_and_the_change_is_logged_once(batch: Batch) -> None:
    for _repeat in range(2):
        date_batch(sku_id=batch.sku_id, code="B1", produced_on=MADE, expires_on=GONE, actor=system_actor())

    batch.refresh_from_db()
    assert (batch.produced_on, batch.expires_on) == (MADE, GONE)
    assert Event.objects.filter(subject=f"inventory.batch:{batch.pk}").count() == 1


def test_a_batch_does_not_end_before_it_begins(batch: Batch) -> None:
    with pytest.raises(InvalidRequest):
        date_batch(sku_id=batch.sku_id, code="B1", produced_on=GONE, expires_on=MADE, actor=system_actor())


@pytest.mark.parametrize("code", ["B2", ""])
def test_an_unknown_batch_and_no_batch_have_no_dates(batch: Batch, code: str) -> None:
    with pytest.raises(NotFound):
        date_batch(sku_id=batch.sku_id, code=code, expires_on=GONE, actor=system_actor())
