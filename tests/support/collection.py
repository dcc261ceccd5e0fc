"""Whether every process collects the same tests: ``python -m tests.support.collection``, part of ``make check``.

Workers of a parallel run collect each for itself and refuse to run when their lists differ. A test's name must
therefore not hang on the moment, the order of a set, or anything else that changes from process to process. Two
processes with other hash seeds list the tests here, seconds apart, and the lists are compared.
"""

import difflib
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
SEEDS = ("1", "4242")
SHOWN = 20


def collected(seed: str) -> list[str]:
    """The names of all tests in a process with this seed for hashes; exits when they cannot be collected."""
    options = "--strict-markers --strict-config --import-mode=importlib -p no:cacheprovider"
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "--override-ini", f"addopts={options}", "tests"]
    environment = {**os.environ, "PYTHONHASHSEED": seed}
    process = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=False)
    if process.returncode != 0:
        sys.exit(f"The tests cannot be collected:\n{process.stdout}")
    return [row for row in process.stdout.splitlines() if "::" in row]


def main() -> None:
    """Exit with the differences, or say how many tests every process knows by the same names."""
    first, second = (collected(seed) for seed in SEEDS)
    if not first:
        sys.exit("No tests were collected.")
    differences = list(difflib.unified_diff(first, second, *SEEDS, n=0, lineterm=""))
    if differences:
        sys.exit("\n".join(["Tests whose names change from process to process:", *differences[:SHOWN]]))
    print(f"{len(first)} tests, collected alike by every process.")  # noqa: T201


if __name__ == "__main__":
    main()
