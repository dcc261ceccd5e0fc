"""The first page of both back offices: panels that apps contribute, each shown to those who may see its numbers.

An app registers makers with :func:`register_panel` and :func:`register_cards` when its admin is loaded; the kernel
knows no app. A maker asks its selectors a constant number of statements, and none for people who may not see them.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Tone = Literal["", "good", "warn", "bad"]
Text = str | Promise


@dataclass(frozen=True)
class Card:
    """One number with its meaning; ``url`` is the list the number counts."""

    title: Text
    value: object
    url: str = ""
    note: Text = ""
    icon: str = ""
    tone: Tone = ""

    @property
    def is_words(self) -> bool:
        """Whether the value is a phrase rather than a number; it is written smaller."""
        return not any(character.isdigit() for character in str(self.value)[:2])


@dataclass(frozen=True)
class Cards:
    """A row of cards under a heading."""

    title: Text
    cards: Sequence[Card]
    template: str = "admin/dashboard/cards.html"


@dataclass(frozen=True)
class Bars:
    """A bar chart of one series with its headline figures; drawn by the bundled Chart.js."""

    title: Text
    labels: Sequence[str]
    values: Sequence[float]
    series: Text
    figures: Sequence[Card] = ()
    template: str = "admin/dashboard/bars.html"

    @property
    def data(self) -> str:
        """The chart's data as the theme's script reads it."""
        series: dict[str, Any] = {
            "label": str(self.series),
            "data": list(self.values),
            "backgroundColor": "var(--color-primary-600)",
        }
        series |= {"displayYAxis": True, "maxTicksXLimit": 10, "maxBarThickness": 16, "borderRadius": 3}
        return json.dumps({"labels": list(self.labels), "datasets": [series]})


@dataclass(frozen=True)
class Table:
    """A short list; cells are text or safe HTML. ``empty`` is said instead of no rows, ``url`` leads to all."""

    title: Text
    headers: Sequence[Text]
    rows: Sequence[Sequence[object]]
    empty: Text
    url: str = ""
    wide: bool = False
    template: str = "admin/dashboard/table.html"
    numeric: frozenset[int] = field(default=frozenset())


@dataclass(frozen=True)
class Banner:
    """A sentence in red above every page, and where to look."""

    text: Text
    url: str


Panel = Cards | Bars | Table
PanelMaker = Callable[[HttpRequest], Panel | None]
CardsMaker = Callable[[HttpRequest], Iterable[Card]]
BannerMaker = Callable[[HttpRequest], Banner | None]
Site = Literal["namespace", "platform"]

GROUPS: dict[str, tuple[int, Text]] = {
    "start": (5, _("First steps")),
    "orders": (10, _("Orders")),
    "stock": (30, _("Stock and documents")),
    "system": (90, _("Warehouses and system")),
    "platform": (10, _("Platform state")),
}
"""Rows of cards that several apps fill: where they stand and their headings."""

_panels: dict[tuple[Site, str], tuple[int, PanelMaker]] = {}
_cards: dict[tuple[Site, str], list[CardsMaker]] = {}
_banners: list[BannerMaker] = []


def register_panel(name: str, maker: PanelMaker, *, order: int, site: Site = "namespace") -> None:
    """Add a panel under its name; lower ``order`` stands higher. Registering a name again replaces it."""
    _panels[site, name] = (order, maker)


def register_cards(group: str, maker: CardsMaker, *, site: Site = "namespace") -> None:
    """Add an app's cards to a group of ``GROUPS``; groups without a card for the reader are left out."""
    makers = _cards.setdefault((site, group), [])
    if maker not in makers:
        makers.append(maker)


def register_banner(maker: BannerMaker) -> None:
    """Add an app's banner of the namespaces' back office; it asks one small statement at most."""
    if maker not in _banners:
        _banners.append(maker)


def banners(request: HttpRequest) -> list[Banner]:
    """What must not be overlooked, for those who may see it."""
    return [banner for maker in _banners if (banner := maker(request)) is not None]


def panels(request: HttpRequest, site: Site) -> list[Panel]:
    """What this person sees, from top to bottom."""
    found: list[tuple[int, Panel]] = []
    for (where, group), makers in _cards.items():
        if where == site and (cards := [card for maker in makers for card in maker(request)]):
            order, title = GROUPS[group]
            found.append((order, Cards(title, cards)))
    for (where, _name), (order, make) in _panels.items():
        if where == site and (panel := make(request)) is not None:
            found.append((order, panel))
    return [panel for _order, panel in sorted(found, key=lambda entry: entry[0])]


def list_url(page: str, **filters: object) -> str:
    """The list of a model (``orders_order``) with filters set."""
    query = urlencode({name: str(value) for name, value in filters.items()})
    return reverse(f"admin:{page}_changelist") + (f"?{query}" if query else "")


def namespace_dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """The context of a namespace's first page."""
    return {**context, "panels": panels(request, "namespace")}


def platform_dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """The context of the platform's first page."""
    return {**context, "panels": panels(request, "platform")}
