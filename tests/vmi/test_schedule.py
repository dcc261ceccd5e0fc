"""The schedule as beat will send it: every entry names a known task and fits its signature."""

from typing import Any

import pytest
from celery import current_app
from django.conf import settings

from vmi.namespaces.selectors import FAN_OUT_TASK
from vmi.namespaces.tasks import NamespaceTask

pytestmark = pytest.mark.no_database

current_app.loader.import_default_modules()  # what a worker and beat do when they start
ENTRIES: dict[str, dict[str, Any]] = settings.CELERY_BEAT_SCHEDULE


@pytest.mark.parametrize("name", sorted(ENTRIES))
def test_beat_can_send_every_entry(name: str) -> None:
    entry = ENTRIES[name]
    task = current_app.tasks[entry["task"]]

    # What beat does before it sends; a TypeError here means that the job never runs and only beat's log knows.
    task.__header__(*entry.get("args", ()), **entry.get("kwargs", {}))


@pytest.mark.parametrize("name", sorted(name for name, entry in ENTRIES.items() if entry["task"] == FAN_OUT_TASK))
def test_every_fan_out_names_a_namespace_task_and_its_own_period(name: str) -> None:
    entry = ENTRIES[name]
    job, period_s = entry["args"]

    assert isinstance(current_app.tasks[job], NamespaceTask)
    assert period_s == entry["schedule"].total_seconds() == entry["options"]["expires"]
