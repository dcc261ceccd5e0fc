"""The waterfall page: one SKU across the four layers, each number a link to its ledger entries."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from catalog.selectors import find_skus, sku_names, skus_by_code
from inventory.admin.links import ledger_url, waterfall_url
from inventory.choices import Counter
from inventory.selectors.buckets import sku_codes
from inventory.selectors.explain import Term, channels_of_sku, explain
from inventory.selectors.waterfall import Branch, Step, waterfall
from vmi.core.admin import namespace_site

FOUND_MAX = 30
"""Most SKUs listed for a search."""

SEARCH_LENGTH_MAX = 100


@dataclass(frozen=True, slots=True)
class Segment:
    """A coloured part of a bar: its name, units, share of the bar in percent, colour class, ledger link."""

    title: str | Promise
    units: int
    percent: float
    tone: str
    url: str


@dataclass(frozen=True, slots=True)
class Bar:
    """A row of a layer as a bar."""

    title: str
    total: int
    total_url: str
    segments: list[Segment]
    notes: list[Segment]
    is_cap: bool = False


_TONES = {
    Counter.ALLOCATED: "sold",
    Counter.LOCKED: "locked",
    Counter.SAFETY: "safety",
    Counter.HELD: "held",
    Counter.SOLD: "sold",
    Counter.FROZEN: "locked",
    Counter.PHYSICAL_HELD: "sold",
}

_TOTALS = {1: Counter.BASE_QUOTA, 2: Counter.QUOTA, 3: Counter.BASE, 4: Counter.QUANTITY}
_REST: dict[int, str | Promise] = {
    1: _("Sellable"),
    2: _("Open quota"),
    3: _("Available"),
    4: _("Free"),
}
_APART = (
    Counter.RETURNING,
    Counter.IN_TRANSIT,
    Counter.SHORTAGE,
    Counter.CHANNEL_SHORTAGE,
    Counter.OVERSELL_LIMIT,
    Counter.OVERSOLD_HELD,
    Counter.OVERSOLD_SOLD,
    Counter.PRESALE,
    Counter.PRESALE_HELD,
    Counter.PRESALE_SOLD,
)


@permission_required("inventory.view_logicalstock", raise_exception=True)
def waterfall_view(request: HttpRequest, sku_id: int) -> HttpResponse:
    """The page of one SKU."""
    code = sku_codes([sku_id]).get(sku_id)
    if code is None:
        raise Http404
    branches = [_branch(branch) for branch in waterfall(sku_id)]
    context = {
        **namespace_site.each_context(request),
        "title": _("Stock waterfall"),
        "subtitle": code,
        "sku": code,
        "code": code,
        "name": sku_names([sku_id]).get(sku_id, ""),
        "sku_url": reverse("admin:catalog_productinfo_change", args=[sku_id]),
        "totals": _totals(branches),
        **_explained(request, sku_id),
        "branches": branches,
    }
    return TemplateResponse(request, "admin/inventory/waterfall.html", context)


@permission_required("inventory.view_logicalstock", raise_exception=True)
def waterfall_search_view(request: HttpRequest) -> HttpResponse:
    """Ask for a SKU by its code or a part of code or name, and lead to its page; several are listed."""
    code = request.GET.get("sku", "").strip()[:SEARCH_LENGTH_MAX].replace("\0", "")
    exact = list(skus_by_code([code]).values()) if code else []
    found = exact or find_skus(code, limit=FOUND_MAX)
    if code and len(found) == 1:
        return redirect(waterfall_url(found[0].id))
    context = {
        **namespace_site.each_context(request),
        "title": _("Stock waterfall"),
        "code": code,
        "found": [(waterfall_url(sku.id), sku.code, sku.name) for sku in found],
        "branches": None,
    }
    return TemplateResponse(request, "admin/inventory/waterfall.html", context)


LAYERS: tuple[tuple[str | Promise, str | Promise], ...] = (
    (_("Channel stock"), _("what shop fronts may sell")),
    (_("Allocation pools"), _("shares set aside by purpose")),
    (_("Logical stock"), _("what may be planned with")),
    (_("Physical stock"), _("what lies where")),
)


def _totals(branches: list[dict[str, Any]]) -> list[tuple[str | Promise, int]]:
    """The three sums people ask for first: on hand, free to plan with, free to sell."""
    found: list[tuple[str | Promise, int]] = []
    for title, layer in ((_("On hand"), 3), (_("Available"), 2), (_("Sellable"), 0)):
        bars = [bar for branch in branches for bar in branch["layers"][layer][2] if not bar.is_cap]
        found.append((title, sum(bar.total if layer == len(LAYERS) - 1 else bar.segments[-1].units for bar in bars)))
    return found


def _branch(branch: Branch) -> dict[str, Any]:
    """A branch as bars, from the shop front down to the shelf."""
    return {
        "title": f"{branch.warehouse} · {branch.owner}",
        "layers": [
            (*LAYERS[0], [*map(_bar, branch.buckets), *map(_share_bar, branch.shares)]),
            (*LAYERS[1], [_bar(step) for step in branch.pools]),
            (*LAYERS[2], [_bar(branch.logical)]),
            (*LAYERS[3], [_bar(step) for step in branch.physical if any(figure.amount for figure in step.figures)]),
        ],
    }


def _bar(step: Step) -> Bar:
    """One row as a bar: what is promised first, the free rest last, other counters as notes."""
    layer = int(step.figures[0].layer)
    amounts = {figure.counter: figure.amount for figure in step.figures}
    total_counter = _TOTALS[layer]
    total = amounts[total_counter]
    parts = [counter for counter in amounts if counter in _TONES]
    expired = step.derived.get("expired", 0)
    segments = []
    for counter in parts:
        units = amounts[counter] - (expired if counter is Counter.HELD else 0)
        segments.append(
            Segment(counter.label, units, _percent(units, total), _TONES[counter], ledger_url(counter, step.row_id))
        )
    rest = total - sum(segment.units for segment in segments)
    tone = "free" if step.derived.get("qualified", True) else "locked"
    segments.append(Segment(_REST[layer], rest, _percent(rest, total), tone, ledger_url(total_counter, step.row_id)))
    notes = [
        Segment(counter.label, amounts[counter], 0, "note", ledger_url(counter, step.row_id))
        for counter in amounts
        if counter in _APART and amounts[counter]
    ]
    return Bar(step.title, total, ledger_url(total_counter, step.row_id), segments, notes)


def _share_bar(step: Step) -> Bar:
    """A channel's cap in a shared bucket: used and still open."""
    cap, (used,) = step.derived["cap"], step.figures
    url = ledger_url(used.counter, step.row_id)
    segments = [
        Segment(used.counter.label, used.amount, _percent(used.amount, cap), "sold", url),
        Segment(_("Open cap"), cap - used.amount, _percent(cap - used.amount, cap), "note", url),
    ]
    return Bar(f"↳ {step.title}", cap, url, segments, [], is_cap=True)


def _explained(request: HttpRequest, sku_id: int) -> dict[str, Any]:
    """The channels to choose from, and why the chosen one can sell just so many."""
    channels = channels_of_sku(sku_id)
    chosen = request.GET.get("channel", "")
    ids = {str(pk): pk for pk, _name in channels}
    found = explain(ids[chosen], sku_id) if chosen in ids else None
    trees = [] if found is None else [found.spot, found.presale, found.oversell]
    return {
        "channels": [(pk, name, str(pk) == chosen) for pk, name in channels],
        "explained": found,
        "trees": [lines for tree in trees if tree.terms and (lines := _tree(tree))],
    }


def _tree(term: Term, depth: int = 0) -> list[dict[str, Any]]:
    """A tree as indented lines, each figure with the way to its entries."""
    url = ledger_url(Counter(term.counter), term.row_id) if term.counter and term.row_id else ""
    own = {"text": term.text, "amount": term.amount, "depth": depth, "url": url, "is_sum": bool(term.terms)}
    return [own, *(line for one in term.terms for line in _tree(one, depth + 1))]


def _percent(units: int, total: int) -> float:
    """Share of the bar; an empty bar has none."""
    return round(100 * max(units, 0) / total, 2) if total > 0 else 0.0
