"""Stock on the first page: what is in the warehouses, what runs out, whether the numbers are proved."""

from datetime import datetime

from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from inventory.choices import CorrectionState, ReviewState
from inventory.selectors.alerts import Alert, rows_with_alert, stock_alerts
from inventory.selectors.proofs import ProofState, proof_state, red_run
from inventory.selectors.safety import safety_numbers
from vmi.core.admin.columns import link_to, moment
from vmi.core.admin.dashboard import (
    Banner,
    Card,
    Table,
    Tone,
    list_url,
    register_banner,
    register_cards,
    register_panel,
)
from vmi.events.catalogue import ReconcileFailed
from vmi.events.selectors import latest_event
from vmi.namespaces.selectors import job_heartbeat

RECONCILE_JOB = "inventory.reconcile_nightly"
ROWS_MAX = 8


def register() -> None:
    """Put the panels on the first page."""
    register_cards("stock", stock_cards)
    register_cards("stock", safety_cards)
    register_cards("system", reconcile_cards)
    register_banner(reconcile_banner)
    register_panel("inventory.alerts", alerts_table, order=60)


def stock_cards(request: HttpRequest) -> list[Card]:
    """Units in stock, rows sold out and rows running low."""
    if not request.user.has_perm("inventory.view_logicalstock"):
        return []
    alerts = stock_alerts()
    skus = ngettext("%(count)d SKU", "%(count)d SKUs", alerts.skus) % {"count": alerts.skus}
    cards = [Card(_("units in stock"), alerts.units, list_url("inventory_logicalstock"), skus, "inventory")]
    for title, count, alert in (
        (_("nothing available"), alerts.out, Alert.OUT),
        (_("below the warning line"), alerts.low, Alert.LOW),
        (_("shortage"), alerts.short, Alert.SHORT),
    ):
        tone: Tone = "bad" if count and alert is Alert.SHORT else "warn" if count else ""
        cards.append(Card(title, count, list_url("inventory_logicalstock", alert=alert), "", "warning", tone))
    return cards


def safety_cards(request: HttpRequest) -> list[Card]:
    """Safety stock that is not fully backed, and proposals of reviews that wait for a decision."""
    if not request.user.has_perm("inventory.view_safetypolicy"):
        return []
    numbers = safety_numbers()
    if not numbers.policies:
        return []
    missing = ngettext("%(count)d unit missing", "%(count)d units missing", numbers.missing_units)
    note = missing % {"count": numbers.missing_units} if numbers.deficits else ""
    short = list_url("inventory_safetypolicy", state="deficit")
    open_reviews = list_url("inventory_safetyreview", state__exact=int(ReviewState.PROPOSED))
    return [
        Card(
            _("safety stock not backed"),
            numbers.deficits,
            short,
            note,
            "health_and_safety",
            "bad" if numbers.deficits else "",
        ),
        Card(_("safety stock proposals"), numbers.proposals, open_reviews, "", "rate_review"),
    ]


def alerts_table(request: HttpRequest) -> Table | None:
    """The rows with the least left."""
    if not request.user.has_perm("inventory.view_logicalstock"):
        return None
    rows = rows_with_alert("").select_related("sku", "warehouse", "owner").order_by("available_qty", "id")[:ROWS_MAX]
    cells = [
        (
            format_html(
                '{}<span class="bo-sub">{}</span>',
                link_to("inventory_waterfall", row.sku_id, row.sku.sku),
                row.sku.name,
            ),
            row.warehouse.name,
            row.available_qty,
            row.alert_threshold or "–",
        )
        for row in rows
    ]
    if not cells:
        return None
    headers = (_("SKU"), _("warehouse"), _("available"), _("warning line"))
    return Table(_("stock alerts"), headers, cells, _("No stock alerts."), numeric=frozenset({2, 3}))


def reconcile_cards(request: HttpRequest) -> list[Card]:
    """Whether the last proof of every number held: the nightly one, or one run since by a person."""
    if not request.user.has_perm("events.view_event"):
        return []
    run, state = job_heartbeat(RECONCILE_JOB), proof_state()
    title, url = _("stock proof"), list_url("inventory_reconcilerun")
    started = max((one for one in (run and run.started, state.run and state.run.started_at) if one), default=None)
    if started is None:
        return [Card(title, _("not yet run"), url, _("runs every night"), "verified")]
    failed = latest_event(ReconcileFailed)
    if failed is not None and failed.at >= started:
        found = int(failed.payload["findings"])
        text = ngettext("%(count)d difference", "%(count)d differences", found) % {"count": found}
        return [Card(title, text, _findings_url(state), _red_note(state, failed.at), "gpp_bad", "bad")]
    if run is not None and run.failures and run.started == started:
        return [Card(title, _("failed to run"), url, run.error[:120], "gpp_bad", "bad")]
    return [Card(title, _("proved"), url, _("at %(time)s") % {"time": moment(started)}, "verified", "good")]


def _findings_url(state: ProofState) -> str:
    """The corrections that wait, else the proof's own page."""
    if state.waiting:
        return list_url("inventory_correction", state__exact=int(CorrectionState.PROPOSED))
    return reverse("admin:inventory_reconcilerun_change", args=[state.run.pk]) if state.run else ""


def _red_note(state: ProofState, at: datetime) -> str:
    """When, and what waits for a decision."""
    when = _("at %(time)s") % {"time": moment(at)}
    if not state.waiting:
        return when
    waiting = ngettext("%(count)d correction waits", "%(count)d corrections wait", state.waiting)
    return f"{when} · {waiting % {'count': state.waiting}}"


def reconcile_banner(request: HttpRequest) -> Banner | None:
    """Red above every page while the last proof found differences."""
    if not request.user.has_perm("inventory.view_reconcilerun"):
        return None
    found = red_run()
    if found is None:
        return None
    run, differences = found
    text = ngettext(
        "The stock does not add up: %(count)d difference. Look at the findings.",
        "The stock does not add up: %(count)d differences. Look at the findings.",
        differences,
    )
    return Banner(text % {"count": differences}, reverse("admin:inventory_reconcilerun_change", args=[run]))
