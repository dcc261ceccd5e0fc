"""Goods owners."""

from decimal import Decimal

import pytest

from partners.choices import PartnerStatus
from tests.factories.warehousing import make_owner
from vmi.core.actors import system_actor
from vmi.events.models import Event
from warehousing import selectors, services
from warehousing.exceptions import CodeTaken, InvalidNumber, InvalidText, OwnerDisabled, OwnerNotFound
from warehousing.models import Owner


def test_an_owner_is_registered_enabled_with_a_code() -> None:
    owner = make_owner(
        name="Apple", type="external", settlement_cycle="monthly", storage_fee=Decimal("0.125"), email="a@b.cn"
    )

    owner.refresh_from_db()
    assert owner.code.startswith("OWN-")
    assert owner.status_id == PartnerStatus.ENABLED
    assert owner.storage_fee == Decimal("0.13")
    assert (owner.type, owner.settlement_cycle, owner.handling_fee) == ("external", "monthly", None)


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({"name": ""}, "name"),
        ({"type": "friend"}, "type"),
        ({"email": "nobody"}, "email"),
        ({"settlement_cycle": "daily"}, "settlementCycle"),
        ({"code": "a b"}, "code"),
    ],
)
def test_bad_words_are_refused(fields: dict[str, str], param: str) -> None:
    with pytest.raises(InvalidText) as refused:
        make_owner(**fields)

    assert refused.value.param == param
    assert Owner.objects.count() == 0


def test_a_negative_fee_is_refused_at_both_ends() -> None:
    owner = make_owner(handling_fee=Decimal("1.00"))

    with pytest.raises(InvalidNumber) as refused:
        make_owner(storage_fee=Decimal("-0.01"))
    with pytest.raises(InvalidNumber):
        services.update_owner(owner_id=owner.pk, changes={"handling_fee": Decimal(-1)}, actor=system_actor())

    assert refused.value.param == "storageFee"
    assert Owner.objects.get().handling_fee == Decimal("1.00")


def test_a_code_in_use_is_refused() -> None:
    make_owner(code="APPLE")

    with pytest.raises(CodeTaken):
        make_owner(code="APPLE")

    assert Owner.objects.count() == 1


def test_a_disabled_owner_blocks_new_business_and_the_log_says_so_once() -> None:
    owner = make_owner()

    services.disable_owner(owner_id=owner.pk, actor=system_actor())
    services.disable_owner(owner_id=owner.pk, actor=system_actor())
    with pytest.raises(OwnerDisabled) as refused:
        selectors.require_enabled_owner(owner.pk)

    assert refused.value.details == {"owner": owner.code}
    events = Event.objects.filter(subject=f"warehousing.owner:{owner.pk}")
    assert [event.payload["changes"] for event in events] == [{"status": [400, 401]}]

    services.enable_owner(owner_id=owner.pk, actor=system_actor())
    assert selectors.require_enabled_owner(owner.pk).code == owner.code


def test_an_unknown_owner() -> None:
    with pytest.raises(OwnerNotFound):
        selectors.require_enabled_owner(4711)
    with pytest.raises(OwnerNotFound):
        services.disable_owner(owner_id=4711, actor=system_actor())


def test_owners_by_code_and_id() -> None:
    first, second = make_owner(code="A"), make_owner(code="B")

    assert selectors.owners_by_code(["A", "B", "C"]).keys() == {"A", "B"}
    assert selectors.owners_by_id([first.pk, second.pk])[second.pk].code == "B"
