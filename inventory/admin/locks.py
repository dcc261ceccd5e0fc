"""Locks in the back office: the list of what is locked, why and until when, and the way back."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Case, Q, When
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import (
    UnfoldAdminDateWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from inventory.choices import LockReason, LockState
from inventory.models import StockLock, StockLockLine
from inventory.services import UnlockLine, unlock
from inventory.services.lock import SOURCE_TYPE
from vmi.core import clock
from vmi.core.admin import ReadOnlyAdmin, TabularInline, namespace_site, service_action
from vmi.core.admin.columns import badge, choice_column
from vmi.numbering.services import next_number

STATE_COLOURS = {LockState.OPEN: "red", LockState.CLOSED: "grey"}


class LockForm(forms.Form):
    """How many units, and why."""

    quantity = forms.IntegerField(label=_("quantity"), min_value=1, widget=UnfoldAdminIntegerFieldWidget)
    reason = forms.TypedChoiceField(
        label=_("reason"), choices=LockReason.choices, coerce=int, widget=UnfoldAdminSelectWidget
    )
    until = forms.DateField(label=_("until"), required=False, widget=UnfoldAdminDateWidget)
    note = forms.CharField(label=_("note"), required=False, max_length=200, widget=UnfoldAdminTextInputWidget)


class UnlockForm(forms.Form):
    """A part of one line, or all that is left."""

    line_no = forms.IntegerField(
        label=_("line"),
        min_value=1,
        required=False,
        help_text=_("Empty: everything that is still locked."),
        widget=UnfoldAdminIntegerFieldWidget,
    )
    quantity = forms.IntegerField(
        label=_("quantity"), min_value=1, required=False, widget=UnfoldAdminIntegerFieldWidget
    )
    note = forms.CharField(label=_("note"), required=False, max_length=200, widget=UnfoldAdminTextInputWidget)

    def clean(self) -> dict[str, Any]:
        """Line and quantity belong together."""
        found = super().clean() or self.cleaned_data
        if bool(found.get("line_no")) != bool(found.get("quantity")):
            raise forms.ValidationError(_("Give line and quantity together, or neither."))
        return found


class LineInline(TabularInline):
    """The places of a lock."""

    model = StockLockLine
    fields = ("line_no", "origin", "quantity", "released_qty")
    readonly_fields = fields

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Lines come with the lock."""
        return False


@admin.register(StockLock, site=namespace_site)
class StockLockAdmin(ReadOnlyAdmin):
    """Open locks and past ones."""

    source_type = SOURCE_TYPE
    state_badge = choice_column("state", STATE_COLOURS, description=_("state"))
    list_display = ("sn", "reason", "state_badge", "units", "due", "note", "create_time")
    list_filter = ("state", "reason", "until")
    search_fields = ("sn", "note", "lines__origin__sku__sku")
    date_hierarchy = "create_time"
    fields = (("sn", "state_badge"), ("reason", "note"), ("until", "closed_at"), ("creater", "create_time"))
    readonly_fields = ("state_badge",)
    inlines = (LineInline,)
    service_actions = ("unlock",)

    def get_queryset(self, request: HttpRequest) -> Any:
        """With the lines, and whether a lock should have ended by now, for one reading of the clock."""
        late = Q(state=LockState.OPEN, until__lt=clock.local_date(clock.now()))
        rows = super().get_queryset(request).prefetch_related("lines")
        return rows.annotate(is_overdue=Case(When(late, then=True), default=False))

    @display(description=_("still locked"))
    def units(self, obj: Any) -> int:
        """Units of all its lines."""
        return sum(line.open_qty for line in obj.lines.all())

    @display(description=_("until"), ordering="until")
    def due(self, obj: Any) -> Any:
        """The day it was meant to end; red once it is over and units are still locked."""
        return badge(date_format(obj.until, "SHORT_DATE_FORMAT"), "red") if obj.is_overdue else obj.until

    @service_action(
        description=_("unlock"),
        permission="inventory.lock_stock",
        when=lambda lock: lock.state == LockState.OPEN,
        form=UnlockForm,
    )
    def unlock(
        self, request: HttpRequest, obj: StockLock, *, line_no: int | None, quantity: int | None, note: str
    ) -> str:
        """Units may be sold again."""
        lines = [UnlockLine(line_no, quantity)] if line_no and quantity else None
        units = unlock(sn=obj.sn, lines=lines, reference=next_number("stockLock"), note=note, actor=self.actor(request))
        return _now("%(units)d units unlocked.") % {"units": units}
