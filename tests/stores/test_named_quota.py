"""Stock-outs that name the quota their goods come from (S001-26, S001-31)."""

import itertools
from collections.abc import Callable
from typing import Any

import pytest

from inventory.choices import Purpose
from inventory.exceptions import InsufficientStock
from inventory.models import ChannelStock, InternalAllocation, LedgerEntry, LogicalStock
from inventory.services.quota import QuotaLine, grant_quota
from inventory.services.quota_lines import Target
from inventory.services.reconcile import prove_stock
from stores.choices import DocumentStatus, StockOutType
from stores.exceptions import InvalidReference, InvalidValue
from stores.models import StockOut
from stores.services import approve_stockout, cancel_stockout, create_stockout, update_stockout
from tests.factories.stores import World
from vmi.core.actors import system_actor
from vmi.core.sources import Source

STOCKOUT = "/api/v1/vmi/store/stockout/"
FLASH = Purpose.FLASH_SALE

_numbers = itertools.count(1)


def _grant(world: World, units: int, target: Target) -> None:
    """Give units of the shared quota to another one."""
    logical = LogicalStock.objects.get(sku_id=world.sku().pk)
    shared = ChannelStock.objects.get(pool__logical=logical, pool__purpose=Purpose.NORMAL, channel=None)
    line = QuotaLine(1, logical.pk, target, units, from_bucket_id=shared.pk)
    grant_quota(lines=[line], source=Source("quota", f"T-{next(_numbers)}"), actor=system_actor())


def _quotas() -> dict[tuple[int, int | None], int]:
    rows = ChannelStock.objects.values_list("pool__purpose", "channel_id", "base_quota_qty")
    return {(purpose, channel): units for purpose, channel, units in rows}


def test_the_named_channel_gives_and_gets_back(world: World) -> None:
    world.receive(world.line(10))
    channel = world.store.channel_id
    _grant(world, 6, Target(Purpose.NORMAL, channel))
    document = world.stockout(world.line(5), quota_channel_id=channel)
    assert document.quota_purpose == Purpose.NORMAL

    approve_stockout(stockout_id=document.pk, actor=world.reviewer)

    assert _quotas() == {(Purpose.NORMAL, None): 4, (Purpose.NORMAL, channel): 1}
    assert InternalAllocation.objects.get().taken_from.channel_id == channel
    assert prove_stock() == []
    cancel_stockout(stockout_id=document.pk, actor=world.author)
    assert _quotas() == {(Purpose.NORMAL, None): 4, (Purpose.NORMAL, channel): 6}
    assert prove_stock() == []


def test_a_purpose_alone_is_what_its_channels_share(world: World) -> None:
    world.receive(world.line(10))
    _grant(world, 3, Target(FLASH))
    document = world.stockout(world.line(3), quota_purpose=FLASH)

    approve_stockout(stockout_id=document.pk, actor=world.reviewer)

    assert _quotas() == {(Purpose.NORMAL, None): 7, (FLASH, None): 0}
    assert prove_stock() == []


def test_what_the_named_quota_lacks_comes_from_nowhere_else(world: World) -> None:
    world.receive(world.line(10), world.line(10, index=1))
    _grant(world, 3, Target(FLASH))
    document = world.stockout(world.line(4), world.line(1, index=1), quota_purpose=FLASH)
    entries = LedgerEntry.objects.count()

    with pytest.raises(InsufficientStock) as refusal:
        approve_stockout(stockout_id=document.pk, actor=world.reviewer)

    assert refusal.value.lines == [
        {"line": 1, "sku": world.sku().sku, "wanted": 4, "available": 3},
        {"line": 2, "sku": world.sku(1).sku, "wanted": 1, "available": 0},
    ]
    assert StockOut.objects.get().status_id == DocumentStatus.PENDING
    assert LedgerEntry.objects.count() == entries
    assert prove_stock() == []


def test_the_quota_of_a_draft_changes(world: World) -> None:
    document = world.stockout(submitted=False, quota_channel_id=world.store.channel_id)

    changed = update_stockout(stockout_id=document.pk, quota_channel_id=None, quota_purpose=None, actor=world.author)

    assert (changed.quota_channel_id, changed.quota_purpose) == (None, None)


@pytest.mark.parametrize(
    ("fields", "error", "param"),
    [
        ({"quota_channel_id": 987_654}, InvalidReference, "quotaChannel"),
        ({"quota_purpose": Purpose.INTERNAL}, InvalidValue, "quotaPurpose"),
        ({"quota_purpose": 77}, InvalidValue, "quotaPurpose"),
    ],
)
def test_a_quota_nobody_sells_is_refused(
    world: World, fields: dict[str, Any], error: type[InvalidValue], param: str
) -> None:
    with pytest.raises(error) as refusal:
        create_stockout(lines=[world.line(1)], type=StockOutType.SCRAP, **world.head(**fields))

    assert refusal.value.param == param
    assert not StockOut.objects.exists()


def test_the_api_names_it_and_shows_it(world: World, staff: Callable[..., Any], api_for: Callable[..., Any]) -> None:
    client = api_for(staff("manager"))
    line = {"product": world.sku().pk, "count": 1, "price": "1.00"}
    body = {"warehouse": world.warehouse_id, "owner": world.owner_id, "type": "scrap", "goodsInfo": [line]}
    channel = world.store.channel_id

    made = client.post(
        STOCKOUT, {**body, "quotaChannel": channel, "quotaPurpose": 2}, format="json", HTTP_IDEMPOTENCY_KEY="q-1"
    )
    assert made.status_code == 201, made.json()
    assert (made.json()["quotaChannel"], made.json()["quotaPurpose"]) == (channel, 2)
    assert [row["id"] for row in client.get(f"{STOCKOUT}?quotaChannelId={channel}").json()["results"]] == [
        made.json()["id"]
    ]
    internal = client.post(STOCKOUT, {**body, "quotaPurpose": 9}, format="json", HTTP_IDEMPOTENCY_KEY="q-2")
    assert (internal.status_code, internal.json()["error"]["param"]) == (400, "quotaPurpose")
