"""What must not hang on how fast the machine is."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
ONE_TEST = "tests/vmi/test_numbering.py::test_namespaces_count_each_for_itself"
PROGRAM = """
import pytest
from tests.support import database

happened, known = [], database._known


class Watch:
    def pytest_runtest_logstart(self):
        happened.append("a test starts")


database._known = lambda: happened.append("the template is looked for") or known()
assert pytest.main([{test!r}], plugins=[Watch()]) == 0
print(happened[0])
"""


@pytest.mark.no_database
def test_the_database_is_built_before_the_time_of_the_first_test_runs() -> None:
    told = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(test=ONE_TEST)], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert told.stdout.splitlines()[-1:] == ["the template is looked for"], told.stdout + told.stderr
