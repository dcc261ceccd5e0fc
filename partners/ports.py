"""Where higher apps hang their part on the member's page, without this app knowing them."""

from typing import Any

_inlines: list[type[Any]] = []


def register_partner_inline(inline: type[Any]) -> None:
    """Show an admin inline on the member's page (credits: the history of the balance). Naming it twice is harmless."""
    if inline not in _inlines:
        _inlines.append(inline)


def partner_inlines() -> tuple[type[Any], ...]:
    """The inlines registered so far."""
    return tuple(_inlines)
