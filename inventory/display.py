"""What a customer sees of a figure, never more than can be honoured (C-37, C-46)."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from inventory.choices import DisplayRule


@dataclass(frozen=True, slots=True)
class Shown:
    """A customer's view of one SKU: the words, the figure behind them (None: no figure), whether it can be ordered."""

    text: str | Promise
    quantity: int | None
    in_stock: bool


def shown(rule: DisplayRule, units: int, sellable: int, oversell_cover: int = 0) -> Shown:
    """What ``rule`` with its number ``units`` makes of ``sellable`` units.

    ``oversell_cover`` is the open oversell while overselling is enabled, else 0. Only ``MINIMUM`` shows a figure
    above the sellable one, and never above what overselling covers. Where nothing lies but overselling covers an
    order, the words say so and no figure claims stock.
    """
    there, cover = max(sellable, 0), max(oversell_cover, 0)
    if rule == DisplayRule.MINIMUM:
        there = max(there, min(units, there + cover))
    if not there:
        return Shown(_("Available to order"), 0, True) if cover else Shown(_("Out of stock"), 0, False)
    if rule == DisplayRule.CAPPED and there >= units:
        return Shown(f"{units}+", units, True)
    if rule == DisplayRule.FEW_LEFT:
        return Shown(_("Few left") if there <= units else _("In stock"), None, True)
    return Shown(str(there), there, True)
