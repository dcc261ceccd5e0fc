"""A store to work with."""

import pytest

from tests.factories.stores import World, make_world


@pytest.fixture
def world() -> World:
    """A store, its warehouse, owner, shelf and people."""
    return make_world()
