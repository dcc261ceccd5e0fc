"""Tasks that are called by name from below their modules."""

import subprocess
import sys

import pytest

FRESH = """
import django
django.setup()
from celery import current_app
from vmi.namespaces.tasks import task_named
assert {name!r} not in current_app.tasks
print(task_named({name!r}).name)
"""


@pytest.mark.no_database
@pytest.mark.parametrize("name", ["inventory.reconcile_nightly"])
def test_a_process_that_loaded_no_tasks_finds_one_by_name(name: str) -> None:
    told = subprocess.run(
        [sys.executable, "-c", FRESH.format(name=name)], capture_output=True, text=True, check=False, timeout=600
    )

    assert (told.stdout.strip(), told.stderr[-500:] if told.returncode else "") == (name, "")
