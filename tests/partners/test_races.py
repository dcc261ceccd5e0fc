"""Two at once on one telephone, one chain of referers."""

from collections.abc import Callable
from typing import Any

import pytest

from partners.models import Partner
from partners.services import register_partner, update_partner
from tests.factories.partners import make_partner
from vmi.core.actors import system_actor

pytestmark = pytest.mark.slow


def refer(partner: Partner, referer: Partner) -> Callable[[], Any]:
    return lambda: update_partner(partner_id=partner.pk, changes={"referer_id": referer.pk}, actor=system_actor())


def test_one_telephone_is_given_once(in_threads: Callable[..., list[Any]]) -> None:
    def register() -> Partner:
        return register_partner(name="x", telephone="13800138000", actor=system_actor())

    results = in_threads(register, register, register)

    assert sorted(type(result).__name__ for result in results) == ["Partner", "TelephoneTaken", "TelephoneTaken"], (
        results
    )
    assert Partner.objects.count() == 1


def test_a_circle_of_four_cannot_be_closed_from_four_sides(in_threads: Callable[..., list[Any]]) -> None:
    partners = [make_partner() for _n in range(4)]
    pairs = zip(partners, [*partners[1:], partners[0]], strict=True)

    results = in_threads(*[refer(one, other) for one, other in pairs])

    refused = [result for result in results if isinstance(result, Exception)]
    assert [type(error).__name__ for error in refused] == ["RefererCycle"], results
    assert Partner.objects.filter(referer__isnull=True).count() == 1
