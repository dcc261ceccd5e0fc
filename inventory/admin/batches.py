"""Batches in the back office: how long they keep, and the dates that say so."""

from datetime import date
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Case, F, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminDateWidget

from inventory.models import Batch
from inventory.services import date_batch
from inventory.services.near_expiry import days_before_expiry, last_day_on_sale
from vmi.core import clock
from vmi.core.admin import ReadOnlyAdmin, namespace_site, service_action
from vmi.core.admin.columns import badge


class BatchDatesForm(forms.Form):
    """When a batch was made, and until when it keeps."""

    produced_on = forms.DateField(label=_("produced on"), required=False, widget=UnfoldAdminDateWidget)
    expires_on = forms.DateField(
        label=_("expires on"),
        required=False,
        help_text=_("Empty: the day of production plus the product's shelf life."),
        widget=UnfoldAdminDateWidget,
    )

    @staticmethod
    def initial_of(batch: Batch) -> dict[str, Any]:
        """The dates it has."""
        return {"produced_on": batch.produced_on, "expires_on": batch.expires_on}


@admin.register(Batch, site=namespace_site)
class BatchAdmin(ReadOnlyAdmin):
    """Batches of SKUs, what expires next first."""

    list_display = ("sku", "code", "produced_on", "keeps_until")
    list_filter = ("expires_on",)
    search_fields = ("sku__sku", "code")
    list_select_related = ("sku__product",)
    ordering = (F("expires_on").asc(nulls_last=True), "sku_id", "code")
    fields = ("sku", "code", ("produced_on", "expires_on"))
    service_actions = ("set_dates",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With how far it is gone, for one reading of the clock; the rows "no batch" have no dates."""
        today = clock.local_date(clock.now())
        days = days_before_expiry()
        gone = When(Q(expires_on__lt=today), then=Value("red"))
        soon = When(Q(expires_on__lt=last_day_on_sale(today, days or 0)), then=Value("orange"))
        colour = Coalesce(Case(gone, soon, default=None), Value(""))
        return super().get_queryset(request).exclude(code="").annotate(colour=colour)

    @display(description=_("expires on"), ordering="expires_on")
    def keeps_until(self, obj: Any) -> SafeString | date | None:
        """Its last day: red once it is over, orange when its goods are locked for it."""
        if not obj.colour:
            day: date | None = obj.expires_on
            return day
        return badge(date_format(obj.expires_on, "SHORT_DATE_FORMAT"), obj.colour)

    @service_action(
        description=_("Set the dates"),
        permission="inventory.change_batch",
        icon="event",
        form=BatchDatesForm,
    )
    def set_dates(
        self, request: HttpRequest, obj: Batch, *, produced_on: date | None, expires_on: date | None
    ) -> Batch:
        """Write until when it keeps; outbound picks what expires first."""
        return date_batch(
            sku_id=obj.sku_id,
            code=obj.code,
            produced_on=produced_on,
            expires_on=expires_on,
            actor=self.actor(request),
        )
