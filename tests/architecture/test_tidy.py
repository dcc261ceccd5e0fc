"""The house rules hold in every file, and each rule catches what it is for."""

from collections.abc import Callable, Iterator

import pytest

from tests.architecture import rules
from tests.architecture.rules import MAY, ROOT, product_files

pytestmark = pytest.mark.no_database

Rule = Callable[[str], Iterator[str]]

EVERYWHERE: dict[str, Rule] = {
    "long_file": rules.long_file,
    "long_functions": rules.long_functions,
    "untyped_functions": rules.untyped_functions,
    "empty_bodies": rules.empty_bodies,
    "markers": rules.markers,
    "bare_status_numbers": rules.bare_status_numbers,
    "on_commit": rules.bare_on_commit,
    "own_clock": rules.own_clock,
}

BAD = {
    "long_file": "x = 1\n" * 401,
    "long_functions": "def long() -> None:\n" + "    x = 1\n" * 70,
    "untyped_functions": "def loose(x: int):\n    return x\n",
    "empty_bodies": "def stub() -> None:\n    pass\n",
    "markers": "x = 1  # " + "TO" + "DO: finish\n",
    "bare_status_numbers": "order.status_id = 100\n",
    "on_commit": "transaction.on_commit(send)\n",
    "own_clock": "moment = timezone.now()\n",
}

GOOD = "def fine(status_id: int) -> bool:\n    return status_id == OrderStatus.OPEN\n"


@pytest.mark.parametrize("name", EVERYWHERE)
def test_the_code_keeps_the_rule(name: str) -> None:
    allowed = MAY.get(name, set())
    found = {}
    for path in product_files():
        relative = str(path.relative_to(ROOT))
        if relative not in allowed and (hits := list(EVERYWHERE[name](path.read_text(encoding="utf-8")))):
            found[relative] = hits

    assert found == {}


@pytest.mark.parametrize("name", EVERYWHERE)
def test_the_rule_catches_a_planted_fault_and_nothing_else(name: str) -> None:
    assert len(list(EVERYWHERE[name](BAD[name]))) == 1
    assert list(EVERYWHERE[name](GOOD)) == []


def test_races_wait_for_each_other_and_not_for_a_time() -> None:
    """A pause that is long enough here is too short on a slow machine (``tests.support.threads``)."""
    files = sorted((ROOT / "tests" / "concurrency").glob("*.py"))

    assert files
    assert [path.name for path in files if "sleep(" in path.read_text(encoding="utf-8")] == []


def test_row_locks_are_taken_in_locks_only() -> None:
    found = {}
    for path in product_files():
        relative = str(path.relative_to(ROOT))
        kernel = relative.startswith("vmi/")
        if (
            path.name != "locks.py"
            and not kernel
            and (hits := list(rules.stray_locks(path.read_text(encoding="utf-8"))))
        ):
            found[relative] = hits

    assert found == {}
    assert list(rules.stray_locks("Order.objects.select_for_update().get()\n")) != []
