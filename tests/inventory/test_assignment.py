"""Where received goods go (S001-40)."""

import pytest

from inventory.choices import Purpose
from inventory.models import AssignmentRule
from inventory.services.oversell import OversellRule, set_oversell
from inventory.services.quota import QuotaLine, grant_quota
from inventory.services.quota_lines import Target
from inventory.services.reconcile import prove_stock
from inventory.services.shares import set_share
from tests.factories.inventory import Stock, entries, make_stock, source
from tests.factories.quota import make_channel, quotas
from vmi.core.actors import system_actor

ACTOR = system_actor()
N, FLASH = Purpose.NORMAL, Purpose.FLASH_SALE


def _rule(stock: Stock | None, percent: int, channel_id: int | None = None, purpose: Purpose = N) -> None:
    AssignmentRule.objects.create(
        logical=stock.logical if stock else None,
        channel_id=channel_id,
        purpose=purpose,
        percent=percent,
        creater_id=ACTOR.user_id,
    )


def test_a_rule_gives_a_channel_its_percentage_and_the_rest_is_shared() -> None:
    stock = make_stock(10)
    _rule(stock, 30, stock.channel_id)

    document = stock.receive(105)

    assert quotas(stock) == {(N, None): 84, (N, stock.channel_id): 31}
    assert entries(document) == [
        ("BASE_QUOTA", 31, 31),
        ("BASE_QUOTA", 74, 84),
        ("QUOTA", 105, 115),
        ("BASE", 105, 115),
        ("QUANTITY", 105, 115),
    ]
    assert prove_stock() == []


def test_a_rule_of_a_channel_covers_what_it_sells_unless_the_row_has_its_own() -> None:
    first = make_stock(1)
    second = make_stock()
    first.receive(1, sku_id=second.sku_id)
    _rule(None, 50, first.channel_id)
    _rule(first, 10, first.channel_id)
    _rule(first, 20, None, FLASH)

    first.receive(100)

    assert quotas(first) == {(N, None): 71, (N, first.channel_id): 10, (FLASH, None): 20}
    elsewhere = make_stock(100)
    assert quotas(elsewhere) == {(N, None): 100}
    assert prove_stock() == []


def test_rules_beyond_a_hundred_percent_are_served_in_their_order() -> None:
    stock = make_stock(1)
    other = make_channel(stock, "OTHER")
    _rule(stock, 80, stock.channel_id)
    _rule(None, 50, other.pk)

    stock.receive(100)

    assert quotas(stock) == {(N, None): 1, (N, stock.channel_id): 80, (N, other.pk): 20}
    assert prove_stock() == []


def test_percentages_of_quota_limit_and_cap_follow_a_receipt() -> None:
    stock = make_stock(100)
    percent = QuotaLine(1, stock.logical.pk, Target(N, stock.channel_id), percent=25)
    grant_quota(lines=[percent], source=source("quota"), actor=ACTOR)
    rule = OversellRule(True, percent=10)
    set_oversell(bucket_id=stock.bucket.pk, rule=rule, source=source("quota"), actor=ACTOR)
    share = set_share(
        bucket_id=stock.bucket.pk, channel_id=stock.channel_id, cap_percent=40, source=source("quota"), actor=ACTOR
    )
    assert (stock.bucket.oversell_limit_qty, share.cap_qty) == (7, 30)

    stock.receive(100)

    share.refresh_from_db()
    assert quotas(stock) == {(N, None): 150, (N, stock.channel_id): 50}
    assert (stock.bucket.oversell_limit_qty, share.cap_qty) == (15, 60)
    assert prove_stock() == []


@pytest.mark.parametrize("units", [1, 3])
def test_parts_are_rounded_down_to_whole_units(units: int) -> None:
    stock = make_stock(1)
    _rule(stock, 33, stock.channel_id)

    stock.receive(units)

    assert quotas(stock) == {(N, None): 1 + units}
