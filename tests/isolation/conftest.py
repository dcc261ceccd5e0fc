"""Two populated namespaces with equal ids, built once for this directory and rolled back at its end."""

from collections.abc import Iterator

import pytest
from pytest_django import DjangoDbBlocker

from tests.support.two_worlds import TwoWorlds, two_worlds


@pytest.fixture(scope="package")
def worlds(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[TwoWorlds]:
    """``alpha`` with its people, ``beta`` with twice as many rows and its mark in every text."""
    with two_worlds(django_db_blocker) as built:
        yield built


@pytest.fixture(autouse=True)
def _in_alpha(worlds: TwoWorlds) -> Iterator[None]:
    """Stand in ``alpha``; what the test writes is undone."""
    with worlds.undone():
        yield
