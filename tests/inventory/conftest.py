"""What several inventory tests need."""

from collections.abc import Callable
from typing import Any

import pytest

from partners.models import Partner
from tests.factories.partners import make_partner


@pytest.fixture
def member(staff: Callable[..., Any]) -> Callable[[], tuple[Any, Partner]]:
    """A function: a customer's user and the member behind it."""

    def make() -> tuple[Any, Partner]:
        user = staff("customer")
        return user, make_partner(user_id=user.pk)

    return make
