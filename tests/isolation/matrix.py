"""The declared matrix: what every person is answered at every endpoint, one character each.

``matrix.json`` is read in reviews: a change of permissions shows there as a changed line. After a wanted change run
the tests once with ``ACCEPT_MATRIX=1`` and commit the file.
"""

import json
import os
from pathlib import Path

FILE = Path(__file__).with_name("matrix.json")

PEOPLE = (
    "anonymous",
    "customer",
    "stranger",
    "store_member",
    "clerk",
    "warehouse",
    "finance",
    "manager",
    "namespace_admin",
)

LEGEND = {
    "columns": ", ".join(PEOPLE),
    "reading": "2 = 200, 0 = 401, 3 = 403, 4 = 404; a path with {pk} reads the oldest row, which is the customer's",
    "writing": "+ = may (an empty body about an unknown row then is 404 or 400), 0 = 401, 3 = 403",
    "backOffice": "letters of what a role may do there: view, add, change, delete; - = nothing",
}

Section = dict[str, str]


def declared(section: str) -> Section:
    """A section of the file; empty when there is none yet."""
    found: Section = _read().get(section, {})
    return found


def check(section: str, found: Section) -> None:
    """Compare what was found with what is declared, line by line; or accept it."""
    if os.environ.get("ACCEPT_MATRIX"):
        _write(section, found)
        return
    known = declared(section)
    differences = [
        f"{name}: declared {known.get(name, 'nothing')}, found {found.get(name, 'no such endpoint')}"
        for name in sorted(known.keys() | found.keys())
        if known.get(name) != found.get(name)
    ]
    assert not differences, "permissions changed (see tests/isolation/matrix.py):\n" + "\n".join(differences)


def _read() -> dict[str, Section]:
    found: dict[str, Section] = json.loads(FILE.read_text(encoding="utf-8")) if FILE.exists() else {}
    return found


def _write(section: str, found: Section) -> None:
    document = _read() | {"legend": LEGEND, section: dict(sorted(found.items()))}
    FILE.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
