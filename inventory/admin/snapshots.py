"""Pictures of warehouse systems in the back office: what they changed, and what waits for a decision."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.enums import ActionVariant

from inventory.choices import DifferenceState, Quality, SnapshotState
from inventory.models import SnapshotDifference, WmsSnapshot
from inventory.services import decide_difference
from vmi.core.admin import ReadOnlyAdmin, namespace_site, service_action
from vmi.core.admin.columns import choice_column
from vmi.core.admin.dashboard import list_url

DECIDE = "inventory.decide_wmssnapshot"
STATE_COLOURS = {SnapshotState.APPLIED: "green", SnapshotState.REVIEW: "orange", SnapshotState.IGNORED: "grey"}
DIFFERENCE_COLOURS = {
    DifferenceState.APPLIED: "green",
    DifferenceState.EXPLAINED: "blue",
    DifferenceState.REVIEW: "orange",
    DifferenceState.ACCEPTED: "green",
    DifferenceState.DISMISSED: "grey",
    DifferenceState.SUPERSEDED: "grey",
    DifferenceState.UNKNOWN: "red",
}


def waits(difference: Any) -> bool:
    """Whether somebody has to decide."""
    return bool(difference.state == DifferenceState.REVIEW)


@admin.register(WmsSnapshot, site=namespace_site)
class WmsSnapshotAdmin(ReadOnlyAdmin):
    """What warehouse systems told, the newest first."""

    state_badge = choice_column("state", STATE_COLOURS, description=_("state"))
    list_display = (
        "warehouse",
        "seq",
        "state_badge",
        "taken_at",
        "row_count",
        "applied_count",
        "explained_count",
        "review_count",
        "unknown_count",
        "report",
    )
    list_filter = ("state", "warehouse")
    list_select_related = ("warehouse",)
    search_fields = ("=seq",)
    fields = (
        ("warehouse", "seq"),
        ("state_badge", "report"),
        ("taken_at", "received_at"),
        ("is_complete", "is_net"),
        ("row_count", "applied_count"),
        ("explained_count", "review_count"),
        ("unknown_count",),
        ("gained_qty", "lost_qty"),
    )
    readonly_fields = ("state_badge", "report")

    @display(description=SnapshotDifference._meta.verbose_name_plural)
    def report(self, obj: Any) -> SafeString:
        """The places that differed."""
        url = list_url("inventory_snapshotdifference", snapshot__id__exact=obj.pk)
        return format_html('<a class="bo-link" href="{}">{}</a>', url, _("open"))


@admin.register(SnapshotDifference, site=namespace_site)
class SnapshotDifferenceAdmin(ReadOnlyAdmin):
    """Differences, those that wait for a decision among them."""

    state_badge = choice_column("state", DIFFERENCE_COLOURS, description=_("state"))
    list_display = (
        "sku",
        "owner",
        "location",
        "batch",
        "quality_name",
        "wms_qty",
        "our_qty",
        "held_qty",
        "signed",
        "state_badge",
    )
    list_filter = ("state", "snapshot__warehouse", "snapshot")
    list_select_related = ("snapshot__warehouse",)
    search_fields = ("sku", "location", "batch")
    fields = (
        ("snapshot", "state_badge"),
        ("sku", "owner"),
        ("location", "batch"),
        ("quality_name", "signed"),
        ("wms_qty", "our_qty"),
        ("held_qty",),
        ("decided_by", "decided_at"),
    )
    readonly_fields = ("state_badge", "quality_name", "signed")
    service_actions = ("accept", "dismiss")

    @display(description=_("quality"))
    def quality_name(self, obj: Any) -> str:
        """The quality's name."""
        return str(Quality(obj.quality).label)

    @display(description=_("difference"), ordering="difference_qty")
    def signed(self, obj: Any) -> str:
        """With its sign."""
        return f"{obj.difference_qty:+d}"

    @service_action(
        description=_("accept the difference"), permission=DECIDE, when=waits, variant=ActionVariant.SUCCESS
    )
    def accept(self, request: HttpRequest, obj: SnapshotDifference) -> str:
        """Book it, less what was corrected since."""
        units = decide_difference(difference_id=obj.pk, accept=True, actor=self.actor(request))
        return _now("Changed by %(units)d units.") % {"units": units}

    @service_action(description=_("dismiss the difference"), permission=DECIDE, when=waits)
    def dismiss(self, request: HttpRequest, obj: SnapshotDifference) -> None:
        """Our figure stays."""
        decide_difference(difference_id=obj.pk, accept=False, actor=self.actor(request))
