"""What a fresh namespace needs before it can trade, on the first page until it is there (S000-26)."""

from typing import Final

from django.apps import apps
from django.db import connection
from django.http import HttpRequest
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from vmi.core.admin.dashboard import Card, register_cards
from vmi.core.db import fetch_all

STEPS: Final = (
    ("warehousing.warehouse", "warehouse"),
    ("warehousing.zone", "grid_view"),
    ("warehousing.shelf", "view_module"),
    ("warehousing.owner", "handshake"),
    ("catalog.product", "inventory_2"),
    ("catalog.productinfo", "qr_code_2"),
    ("stores.store", "storefront"),
    ("stores.goods", "shopping_bag"),
    ("stores.stockin", "move_to_inbox"),
)
"""Models and icons in the order in which one needs the other; the last one ends the beginning."""


def register() -> None:
    """Put the steps above everything else."""
    register_cards("start", first_steps)


def first_steps(request: HttpRequest) -> list[Card]:
    """A card for each thing that is missing and that this person may add; one statement for all."""
    last, _icon = STEPS[-1]
    if not request.user.has_perm(_permission(last)):
        return []
    there = _what_is_there()
    if there[last]:
        return []
    return [
        _card(label, icon) for label, icon in STEPS if not there[label] and request.user.has_perm(_permission(label))
    ]


def _card(label: str, icon: str) -> Card:
    name = capfirst(apps.get_model(label)._meta.verbose_name)
    return Card(name, _("Add the first"), reverse(f"admin:{label.replace('.', '_')}_add"), icon=icon)


def _what_is_there() -> dict[str, bool]:
    """Which models have a row."""
    tables = [connection.ops.quote_name(apps.get_model(label)._meta.db_table) for label, _icon in STEPS]
    wanted = ", ".join(f"EXISTS (SELECT FROM {name}) AS n{n}" for n, name in enumerate(tables))
    row = fetch_all(f"SELECT {wanted}")[0]
    return {label: bool(row[f"n{n}"]) for n, (label, _icon) in enumerate(STEPS)}


def _permission(label: str) -> str:
    """The right to add one, such as ``stores.add_stockin``."""
    return label.replace(".", ".add_")
