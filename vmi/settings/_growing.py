"""Leaves out apps whose files do not exist yet."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


def present(apps: list[str]) -> list[str]:
    """Apps that are there."""
    own = ("vmi", "partners", "catalog", "credits", "warehousing", "inventory", "stores", "orders")
    return [a for a in apps if a.split(".")[0] not in own or (ROOT / a.replace(".", "/") / "apps.py").exists()]
