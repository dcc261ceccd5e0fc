"""What the first page of a fresh namespace offers, and when it stops offering."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.factories.warehousing import make_owner, make_warehouse
from vmi.core.admin.dashboard import Cards
from vmi.core.admin.first_steps import STEPS


def offered(client: Any) -> list[str]:
    """Where the cards under "First steps" lead."""
    panels = client.get("/admin/").context["panels"]
    cards = [
        panel.cards for panel in panels if isinstance(panel, Cards) and str(panel.title) in ("First steps", "开始使用")
    ]
    return [card.url for found in cards for card in found]


@pytest.fixture
def boss(client_for: Callable[..., Any], staff: Callable[..., Any]) -> Any:
    return client_for(staff("namespace_admin"))


def test_a_fresh_namespace_offers_every_step_and_each_opens(boss: Any) -> None:
    found = offered(boss)

    assert found == [f"/admin/{label.replace('.', '/')}/add/" for label, _icon in STEPS]
    assert [boss.get(url).status_code for url in found] == [200] * len(STEPS)


def test_what_is_there_is_not_offered_again(boss: Any) -> None:
    make_warehouse()
    make_owner()

    found = offered(boss)

    assert "/admin/warehousing/warehouse/add/" not in found
    assert "/admin/warehousing/owner/add/" not in found
    assert "/admin/catalog/product/add/" in found


def test_people_are_offered_only_what_they_may_add(client_for: Callable[..., Any], staff: Callable[..., Any]) -> None:
    assert offered(client_for(staff("finance"))) == []
    assert "/admin/warehousing/warehouse/add/" not in offered(client_for(staff("clerk")))
