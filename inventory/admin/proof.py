"""Proofs of stock and the corrections they propose: evidence first, then one click with a reason."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from unfold.decorators import display
from unfold.enums import ActionVariant

from inventory.admin.history import NamedChangeList
from inventory.admin.links import row_ledger_url, sku_link
from inventory.admin.proof_forms import ApproveForm, RejectForm
from inventory.choices import COLUMNS, CorrectionKind, CorrectionState, Layer
from inventory.models import Correction, ReconcileRun
from inventory.selectors.history import name_people
from inventory.selectors.rows import row_titles
from inventory.services.correct import SOURCE, approve_correction, reject_correction
from inventory.services.movement import TABLES
from inventory.services.proof import ONE_SIDED
from inventory.services.reconcile import prove_again, reconcile
from vmi.core.admin import ReadOnlyAdmin, namespace_site, service_action
from vmi.core.admin.columns import badge, choice_column
from vmi.core.admin.dashboard import list_url

DECIDE = "inventory.decide_correction"
STATE_COLOURS = {
    CorrectionState.PROPOSED: "orange",
    CorrectionState.APPROVED: "green",
    CorrectionState.REJECTED: "red",
}


def is_open(correction: Any) -> bool:
    """Whether it waits for a decision."""
    return bool(correction.state == CorrectionState.PROPOSED)


@admin.register(Correction, site=namespace_site)
class CorrectionAdmin(ReadOnlyAdmin):
    """Differences that wait for a decision, and those decided."""

    source_type = SOURCE
    state_badge = choice_column("state", STATE_COLOURS, description=_("state"))
    list_display = ("sn", "invariant", "sku", "place", "counter", "found_units", "due_units", "kind", "state_badge")
    list_filter = ("state", "invariant", "layer", "counter")
    search_fields = ("sn__exact",)
    service_actions = ("approve", "reject")
    fields = (
        ("sn", "state_badge"),
        ("invariant", "run"),
        ("sku", "place"),
        ("layer", "counter"),
        ("found_units", "due_units"),
        "kind",
        "rule",
        "proof_of",
        ("chosen", "note"),
        ("proposer", "proposed_at"),
        ("decider", "decided_at"),
    )
    readonly_fields = ("state_badge", "sku", "place", "found_units", "due_units", "proof_of", "proposer", "decider")

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> Any:
        """The list that names rows."""
        return NamedChangeList

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """One correction with the names of its row and people."""
        found = super().get_object(request, object_id, from_field)
        if found is not None:
            found.row = row_titles([(found.layer, found.row_id)]).get((found.layer, found.row_id))
            found.people = name_people({found.proposed_by, found.decided_by})
        return found

    @display(description=_("SKU"))
    def sku(self, obj: Any) -> SafeString | str:
        """The SKU, linked to its waterfall."""
        return sku_link(obj.row.sku_id, obj.row.sku) if obj.row else "–"

    @display(description=_("where"))
    def place(self, obj: Any) -> SafeString:
        """The stock row, linked to everything that moved it."""
        place = obj.row.place if obj.row else obj.row_id
        return format_html('<a class="bo-link" href="{}">{}</a>', row_ledger_url(obj.layer, obj.row_id), place)

    @display(description=pgettext_lazy("correction", "found"))
    def found_units(self, obj: Correction) -> int:
        """What stands there."""
        return obj.actual

    @display(description=pgettext_lazy("correction", "expected"))
    def due_units(self, obj: Correction) -> int:
        """What should stand there."""
        return obj.expected

    @display(description=_("evidence"))
    def proof_of(self, obj: Correction) -> SafeString:
        """What the ledger says, which balances are wrong, what else differs on the row."""
        facts = obj.evidence
        lines = [
            (_("%(count)s entries, sum %(sum)s") % {"count": facts.get("entries", 0), "sum": facts.get("total", 0)},)
        ]
        lines += [
            (_("version %(version)s: balance %(actual)s, expected %(expected)s") % one,)
            for one in facts.get("breaks", ())
        ]
        lines += [(finding_text(one),) for one in facts.get("found", ())]
        return format_html_join("", "{}<br>", lines)

    @display(description=_("proposed by"))
    def proposer(self, obj: Any) -> str:
        """Who had the proof run."""
        return str(obj.people.get(obj.proposed_by, "–"))

    @display(description=_("decided by"))
    def decider(self, obj: Any) -> str:
        """Who decided."""
        return str(obj.people.get(obj.decided_by, "–"))

    @service_action(
        description=_("approve correction"),
        permission=DECIDE,
        when=is_open,
        form=ApproveForm,
        variant=ActionVariant.PRIMARY,
        icon="check",
    )
    def approve(self, request: HttpRequest, obj: Correction, *, kind: CorrectionKind | None, note: str) -> None:
        """Book it; the proof then runs again."""
        approve_correction(correction_id=obj.pk, kind=kind, note=note, actor=self.actor(request))
        prove_again()

    @service_action(description=_("reject correction"), permission=DECIDE, when=is_open, form=RejectForm, icon="close")
    def reject(self, request: HttpRequest, obj: Correction, *, note: str) -> None:
        """Leave the difference for now."""
        reject_correction(correction_id=obj.pk, note=note, actor=self.actor(request))


def finding_text(finding: dict[str, Any]) -> str:
    """A difference in one line; counters by their names, missing entries by the step that lacks them first."""
    layer = {table: layer for layer, table in TABLES.items()}.get(finding.get("table", ""))
    labels = {column: counter.label for counter, column in COLUMNS.items() if counter.layer == layer}
    if finding.get("column") == ONE_SIDED:
        return str(_("I8 documents whose entries do not balance: %(actual)s, from version %(version)s on") % finding)
    if finding.get("invariant") == "I8" and layer is not None:
        return str(
            _("I8 steps of the row with an entry: %(actual)s ≠ %(expected)s, from version %(version)s on") % finding
        )
    column = finding.get("column", "")
    name = f"{finding.get('invariant', '')} {' + '.join(str(labels.get(one, one)) for one in column.split(' + '))}"
    return f"{name}: {finding.get('actual')} ≠ {finding.get('expected')}"


@admin.register(ReconcileRun, site=namespace_site)
class ReconcileRunAdmin(ReadOnlyAdmin):
    """Proofs of every number; the newest first, red ones with their differences."""

    change_list_template = "admin/inventory/reconcileruns.html"
    list_display = ("started_at", "verdict", "entries", "seconds", "proposals")
    fields = ("started_at", "verdict", "entries", "seconds", "proposals", "found")
    readonly_fields = ("verdict", "seconds", "proposals", "found")

    @display(description=_("result"), ordering="differences")
    def verdict(self, obj: ReconcileRun) -> SafeString:
        """Green or red."""
        if not obj.differences:
            return badge(str(_("proved")), "green")
        return badge(str(_("%(count)s differences") % {"count": obj.differences}), "red")

    @display(description=_("duration (s)"), ordering="duration_ms")
    def seconds(self, obj: ReconcileRun) -> str:
        """How long it took."""
        return f"{obj.duration_ms / 1000:.1f}"

    @display(description=_("corrections"))
    def proposals(self, obj: ReconcileRun) -> SafeString:
        """The corrections it proposed or found again."""
        url = list_url("inventory_correction", run__id__exact=obj.pk)
        return format_html('<a class="bo-link" href="{}">{}</a>', url, _("open"))

    @display(description=_("findings"))
    def found(self, obj: ReconcileRun) -> SafeString:
        """The first differences of each proof, linked to the row's entries where there are some."""
        layers = {table: int(layer) for layer, table in TABLES.items()}
        rows = [(name, finding) for name, findings in obj.findings.items() for finding in findings]
        titles = row_titles(
            [(layers[one["table"]], one["row_id"]) for _name, one in rows if one.get("table") in layers]
        )
        return format_html_join("", "{}<br>", ((_found_line(name, one, layers, titles),) for name, one in rows))

    def get_urls(self) -> list[URLPattern]:
        """The question before a proof by hand."""
        view = self.admin_site.admin_view(self.prove_view)
        return [path("prove/", view, name="inventory_prove"), *super().get_urls()]

    def prove_view(self, request: HttpRequest) -> HttpResponse:
        """Ask on GET, prove on POST; whoever asks may not decide on what is proposed."""
        if not request.user.has_perm("inventory.reconcile_stock"):
            raise PermissionDenied
        if request.method == "POST":
            reconcile(raise_event=True, actor=self.actor(request))
            return redirect(reverse("admin:inventory_reconcilerun_change", args=[ReconcileRun.objects.first().pk]))  # type: ignore[union-attr]
        context = {**self.admin_site.each_context(request), "title": _("Prove now"), "opts": self.opts}
        return TemplateResponse(request, "admin/inventory/prove.html", context)


def _found_line(name: str, finding: dict[str, Any], layers: dict[str, int], titles: dict[Any, Any]) -> SafeString:
    """One difference: proof, row with link, figures."""
    layer = layers.get(finding.get("table", ""), 0)
    title = titles.get((layer, finding.get("row_id")))
    if layer not in Layer.values or title is None:
        return format_html("{}: {}", name, ", ".join(f"{key} {value}" for key, value in finding.items()))
    url = row_ledger_url(layer, finding["row_id"])
    return format_html(
        '<a class="bo-link" href="{}">{} · {}</a> · {}', url, title.sku, title.place, finding_text(finding)
    )
