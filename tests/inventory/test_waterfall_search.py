"""Finding the waterfall of a SKU: by its code, by a part of code or name, by choosing."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests.factories.catalog import make_sku

SEARCH = "/admin/inventory/logicalstock/waterfall/"


@pytest.fixture
def manager(staff: Callable[..., Any], client_for: Callable[..., Client]) -> Client:
    return client_for(staff("manager"))


def found(answer: Any) -> list[str]:
    assert answer.status_code == 200
    return [code for _url, code, _name in answer.context["found"]]


def test_nothing_typed_offers_skus_to_choose_from(manager: Client) -> None:
    for code in ("LAMP-2", "LAMP-1"):
        make_sku(sku=code)

    assert found(manager.get(SEARCH)) == ["LAMP-1", "LAMP-2"]


def test_a_part_that_fits_several_lists_them_and_one_leads_to_its_page(manager: Client) -> None:
    skus = {code: make_sku(sku=code) for code in ("LAMP-10", "LAMP-2", "LAMP-1", "CUP-1")}

    assert found(manager.get(SEARCH, {"sku": "lamp"})) == ["LAMP-1", "LAMP-10", "LAMP-2"]
    assert manager.get(SEARCH, {"sku": "cup"}).headers["Location"] == f"{SEARCH}{skus['CUP-1'].pk}/"
    exact = manager.get(SEARCH, {"sku": " lamp-1 "})
    assert exact.headers["Location"] == f"{SEARCH}{skus['LAMP-1'].pk}/"


@pytest.mark.parametrize("text", ["NONE", "%", "_", "NO\0NE", "x" * 5000])
def test_what_fits_nothing_lists_nothing(text: str, manager: Client) -> None:
    make_sku(sku="LAMP-1")

    assert found(manager.get(SEARCH, {"sku": text})) == []
