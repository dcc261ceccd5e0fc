"""Two people open a channel of one code at the same moment."""

import threading
from collections.abc import Callable
from typing import Any

from django.db import transaction

from inventory.exceptions import ChannelExists
from inventory.models import Channel
from inventory.services.channels import create_channel
from tests.support.threads import PATIENCE_S, until_somebody_waits
from vmi.core.actors import system_actor

ACTOR = system_actor()


def test_a_channel_somebody_is_just_opening_is_not_opened_twice(in_threads: Callable[..., list[Any]]) -> None:
    is_made = threading.Event()

    def first() -> Channel:
        with transaction.atomic():
            made = create_channel(code="RACE-1", name="first", rules={"display_units": 3}, actor=ACTOR)
            is_made.set()
            until_somebody_waits()
        return made

    def second() -> Channel:
        is_made.wait(PATIENCE_S)
        return create_channel(code="RACE-1", name="second", rules={"display_units": 7}, actor=ACTOR)

    made, refused = in_threads(first, second)

    assert isinstance(refused, ChannelExists), refused
    assert Channel.objects.get(code="RACE-1").display_units == made.display_units == 3
