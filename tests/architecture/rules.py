"""The house rules that need only the text of the code; each returns what it found, so that it can be tested itself."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGES = ("vmi", "partners", "catalog", "credits", "warehousing", "inventory", "stores", "orders")

FILE_LINES_MAX = 400
FUNCTION_LINES_MAX = 70

_MARKERS = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
_STATUS_NUMBER = re.compile(r"(?:status_id|state_id|\.state|\bstate)\s*(?:=|==|!=)\s*\d{1,4}\b")
_ON_COMMIT = re.compile(r"\btransaction\.on_commit\(")
_OWN_CLOCK = re.compile(r"\btimezone\.now\(|\bdatetime\.(?:now|utcnow)\(")
_FOR_UPDATE = re.compile(r"\.select_for_update\(")

MAY = {
    "on_commit": {"vmi/core/tenancy.py", "vmi/namespaces/tasks.py"},
    "own_clock": {"vmi/core/health.py", "vmi/core/beat.py"},
}
"""Files that own the thing everybody else must go through."""


def product_files() -> list[Path]:
    """Every Python file of the product, migrations left out."""
    return [
        path
        for package in PACKAGES
        for path in sorted((ROOT / package).rglob("*.py"))
        if "migrations" not in path.parts
    ]


def long_file(text: str) -> Iterator[str]:
    """A file longer than anybody reads in one go."""
    lines = text.count("\n")
    if lines > FILE_LINES_MAX:
        yield f"{lines} lines"


def long_functions(text: str) -> Iterator[str]:
    """Functions that do not fit a screen."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > FUNCTION_LINES_MAX:
                yield f"{node.name}: {lines} lines"


def untyped_functions(text: str) -> Iterator[str]:
    """Functions without a return type."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.returns is None:
            yield node.name


def empty_bodies(text: str) -> Iterator[str]:
    """Functions that do nothing: stubs."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and all(
            isinstance(part, ast.Pass) for part in node.body
        ):
            yield node.name


def _matches(pattern: re.Pattern[str], text: str) -> Iterator[str]:
    for number, line in enumerate(text.splitlines(), 1):
        if pattern.search(line):
            yield f"line {number}: {line.strip()[:80]}"


def markers(text: str) -> Iterator[str]:
    """Notes to self that should have become work."""
    yield from _matches(_MARKERS, text)


def bare_status_numbers(text: str) -> Iterator[str]:
    """A status as a numeral says nothing; the enumeration does."""
    yield from _matches(_STATUS_NUMBER, text)


def bare_on_commit(text: str) -> Iterator[str]:
    """Callbacks that would run in whatever namespace is current at commit."""
    yield from _matches(_ON_COMMIT, text)


def own_clock(text: str) -> Iterator[str]:
    """Readings of the worker's clock; commands read the database's."""
    yield from _matches(_OWN_CLOCK, text)


def stray_locks(text: str) -> Iterator[str]:
    """Row locks outside ``locks.py``, where their order can be seen."""
    yield from _matches(_FOR_UPDATE, text)
