"""Lists of the back office: what their heading and an empty one say."""

from collections.abc import Callable
from typing import Any

import pytest


@pytest.fixture
def root(client_for: Callable[..., Any], staff: Callable[..., Any]) -> Any:
    """An administrator who reads English."""
    client = client_for(staff(superuser=True))
    client.cookies["django_language"] = "en"
    return client


def read(root: Any, address: str) -> str:
    response = root.get(address)
    assert response.status_code == 200
    return " ".join(str(response.content, "utf-8").split())


def test_a_whole_list_says_no_number_of_results_in_its_heading(root: Any) -> None:
    page = read(root, "/admin/numbering/numberrule/")

    assert "bo-found" not in page
    assert "Show all" not in page


def test_a_searched_list_says_how_much_was_found_and_leads_back(root: Any) -> None:
    page = read(root, "/admin/accounts/user/?q=nobody-is-called-so")

    assert '0 results (<a class="bo-link" href="?">Show all</a>)' in page
    assert "Nothing fits the search and the filters." in page
    assert "Reset filters" in page


def test_an_empty_list_speaks_of_no_filters(root: Any) -> None:
    page = read(root, "/admin/catalog/brand/")

    assert "There is nothing here yet." in page
    assert "Reset filters" not in page
    assert "Add brand" in page
