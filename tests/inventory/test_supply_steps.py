"""What became of goods on their way: each step names its document."""

import pytest
from django.db import DatabaseError, transaction

from inventory.choices import Command
from inventory.models import SupplyStep
from inventory.selectors.supply import steps_of_supply
from inventory.services.reconcile import prove_stock
from inventory.services.supply import close_presale
from inventory.services.supply_close import close_supply
from tests.factories.inventory import make_stock, source
from tests.factories.supply import arrive, expect
from vmi.core.actors import system_actor

ACTOR = system_actor()


def test_every_step_of_a_line_names_its_document() -> None:
    """The receipts of a purchase are found from the purchase, and nobody rewrites them."""
    stock = make_stock()
    line = expect(stock, 100, presale=60)
    close_presale(line_id=line.pk, quantity=10, source=source("presale"), actor=ACTOR)
    first, second = arrive(stock, line, [30]), arrive(stock, line, [20, 5])
    given_up = source("close")
    close_supply(line_id=line.pk, source=given_up, actor=ACTOR)

    steps = steps_of_supply(line.source_type, line.source_sn)
    assert [(step.command, step.units) for step in steps] == [
        (str(Command.OPEN_PRESALE.label), 60),
        (str(Command.CLOSE_PRESALE.label), 10),
        (str(Command.RECEIVE_SUPPLY.label), 30),
        (str(Command.RECEIVE_SUPPLY.label), 20),
        (str(Command.RECEIVE_SUPPLY.label), 5),
        (str(Command.CLOSE_SUPPLY.label), 45),
    ]
    assert [step.source_sn for step in steps[2:]] == [first.sn, second.sn, second.sn, given_up.sn]
    assert {(step.sku, step.line_no) for step in steps} == {(stock.sku, 1)}
    with pytest.raises(DatabaseError), transaction.atomic():
        SupplyStep.objects.update(units=1)
    assert prove_stock() == []


def test_a_dry_run_and_a_repeat_leave_no_step() -> None:
    stock = make_stock()
    line = expect(stock, 10)
    document = source("close")
    for dry in (True, False, False):
        close_supply(line_id=line.pk, source=document, actor=ACTOR, dry_run=dry)

    assert list(SupplyStep.objects.values_list("line_id", "units")) == [(line.pk, 10)]
