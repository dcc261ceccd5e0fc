"""People who work with warehouses over the API."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.clients import NamespaceApiClient


@pytest.fixture
def manager(staff: Callable[..., Any], api_for: Callable[..., NamespaceApiClient]) -> NamespaceApiClient:
    """A manager: every permission of the business apps."""
    return api_for(staff("manager"))


@pytest.fixture
def clerk(staff: Callable[..., Any], api_for: Callable[..., NamespaceApiClient]) -> NamespaceApiClient:
    """A clerk: may look at warehousing, not change it."""
    return api_for(staff("clerk"))
