"""The platform's first page: namespaces by state, background jobs, messages put aside."""

from datetime import datetime

from django.http import HttpRequest
from django.utils.translation import gettext as _

from vmi.core import clock
from vmi.core.admin.columns import badge, link_to, moment
from vmi.core.admin.dashboard import Card, Table, list_url, register_cards, register_panel
from vmi.core.health import probe_heartbeat
from vmi.namespaces.choices import NamespaceState
from vmi.namespaces.models import DeadLetter, JobRun, Namespace
from vmi.namespaces.selectors import is_current, late_jobs

ROWS_MAX = 20
STATES = (
    (NamespaceState.ACTIVE, "check_circle", ""),
    (NamespaceState.OPENING, "hourglass_top", ""),
    (NamespaceState.SUSPENDED, "pause_circle", "warn"),
    (NamespaceState.FAILED, "error", "bad"),
)
COLOURS = {
    NamespaceState.OPENING: "blue",
    NamespaceState.ACTIVE: "green",
    NamespaceState.SUSPENDED: "orange",
    NamespaceState.FAILED: "red",
}


def register() -> None:
    """Put the panels on the platform's first page."""
    register_cards("platform", namespace_cards, site="platform")
    register_cards("platform", job_cards, site="platform")
    register_panel("namespaces.table", namespace_table, order=20, site="platform")
    register_panel("namespaces.jobs", job_table, order=30, site="platform")


def namespace_cards(request: HttpRequest) -> list[Card]:
    """How many namespaces are in each state."""
    if not request.user.has_perm("namespaces.view_namespace"):
        return []
    states = list(Namespace.objects.order_by().values_list("state", flat=True))
    cards = []
    for state, icon, tone in STATES:
        count = states.count(state)
        title = _("namespaces: %(state)s") % {"state": str(state.label).lower()}
        url = list_url("namespaces_namespace", state__exact=state)
        cards.append(Card(title, count, url, icon=icon, tone=tone if count else ""))  # type: ignore[arg-type]
    return cards


def job_cards(request: HttpRequest) -> list[Card]:
    """Whether beat and workers live, jobs run, messages were put aside."""
    if not request.user.has_perm("namespaces.view_jobrun"):
        return []
    problem, late = probe_heartbeat(), late_jobs(clock.now())
    failing = JobRun.objects.filter(failures__gt=0).count()
    letters = DeadLetter.objects.filter(resolved_time=None).count()
    jobs = list_url("namespaces_jobrun")
    open_letters = list_url("namespaces_deadletter", resolved_time__isempty=1)
    return [
        Card(
            _("background workers"),
            _("silent") if problem else _("alive"),
            icon="ecg_heart",
            tone="bad" if problem else "good",
        ),
        Card(_("late jobs"), len(late), jobs, ", ".join(late), "timer_off", "bad" if late else "good"),
        Card(_("failing jobs"), failing, jobs, icon="running_with_errors", tone="bad" if failing else "good"),
        Card(_("dead letters"), letters, open_letters, icon="drafts", tone="bad" if letters else "good"),
    ]


def namespace_table(request: HttpRequest) -> Table | None:
    """The namespaces with their hosts and when a job last ran in each."""
    if not request.user.has_perm("namespaces.view_namespace"):
        return None
    rows = list(Namespace.objects.prefetch_related("domains").order_by("schema_name")[:ROWS_MAX])
    beats = _latest_beats([row.schema_name for row in rows])
    cells = [
        (
            link_to("namespaces_namespace_change", row.pk, row.name),
            row.schema_name,
            ", ".join(host.domain for host in row.domains.all()),
            badge(row.get_state_display(), COLOURS[NamespaceState(row.state)]),
            _("yes") if is_current(row) else _("no"),
            row.currency,
            moment(beats.get(row.schema_name)),
        )
        for row in rows
    ]
    headers = (_("name"), _("schema"), _("hosts"), _("state"), _("up to date"), _("currency"), _("last job"))
    url = list_url("namespaces_namespace")
    return Table(_("namespaces"), headers, cells, _("No namespaces yet."), url, wide=True)


def _latest_beats(schemas: list[str]) -> dict[str, datetime]:
    """When a job was last started, by namespace."""
    runs = JobRun.objects.filter(schema_name__in=schemas).order_by("started_time")
    return dict(runs.values_list("schema_name", "started_time"))


def job_table(request: HttpRequest) -> Table | None:
    """The heartbeats of the jobs, failing ones first."""
    if not request.user.has_perm("namespaces.view_jobrun"):
        return None
    rows = JobRun.objects.order_by("-failures", "-started_time")[:ROWS_MAX]
    cells = [
        (
            row.job,
            row.schema_name,
            moment(row.started_time),
            moment(row.succeeded_time),
            badge(_("failed"), "red") if row.failures else badge(_("well"), "green"),
            row.error[:80],
        )
        for row in rows
    ]
    headers = (_("job"), _("namespace"), _("last started"), _("last succeeded"), _("state"), _("error"))
    return Table(_("jobs"), headers, cells, _("No job has run yet."), list_url("namespaces_jobrun"), wide=True)
