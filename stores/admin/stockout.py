"""Back-office page of stock-out documents."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextInputWidget

from stores.admin.documents import (
    HEAD_FIELDS,
    OptionalReasonForm,
    ReasonForm,
    StockDocumentAdmin,
    head_of,
    in_state,
)
from stores.admin.lines import LineInline
from stores.choices import SYSTEM_STOCKOUT_TYPES, DocumentStatus
from stores.models import StockDocument, StockOut
from stores.services import (
    DocumentLine,
    approve_stockout,
    cancel_stockout,
    confirm_stockout,
    create_stockout,
    reject_stockout,
    submit_stockout,
    update_stockout,
)
from stores.services.quota import require_channel
from vmi.core.actors import Actor
from vmi.core.admin import namespace_site, service_action

TRANSFER_FIELDS = ("destination_id", "due_on", "opens_presale")

QUOTA_FIELDS = ("quota_purpose", "quota_channel_id")

TAKEN_FROM: Any = (
    _("Taken from"),
    {
        "fields": (("quota_purpose", "quota_channel"),),
        "description": _("Empty: units that no pool holds, then the shared quota of normal sale."),
    },
)

TRANSFER: Any = (
    _("Transfer"),
    {
        "fields": ("destination", ("due_on", "opens_presale")),
        "description": _("Where a transfer goes. The goods are on their way there from the moment they leave."),
    },
)


class ParcelForm(forms.Form):
    """Who took the goods, if anybody did."""

    company = forms.CharField(label=_("Carrier"), max_length=64, required=False, widget=UnfoldAdminTextInputWidget())
    tracking_no = forms.CharField(
        label=_("Tracking number"), max_length=64, required=False, widget=UnfoldAdminTextInputWidget()
    )


class StockOutLines(LineInline):
    """Lines of a stock-out; batch and location are chosen by the stock core."""

    fk_name = "stockout"

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """A draft asks for goods, a closed document shows what was taken."""
        return (
            ("product", "count", "price")
            if self.is_open(request, obj)
            else ("product", "count", "price", "batch", "where")
        )


def _is_ours(*states: DocumentStatus) -> Any:
    fits = in_state(*states)
    return lambda document: document.type not in SYSTEM_STOCKOUT_TYPES and fits(document)


@admin.register(StockOut, site=namespace_site)
class StockOutAdmin(StockDocumentAdmin):
    """Stock-out: ours are typed in, approved and confirmed; those of sales follow their order."""

    source_type = "stockout"
    inlines = (StockOutLines,)
    system_types = SYSTEM_STOCKOUT_TYPES
    service_actions = ("submit", "approve", "reject", "confirm", "cancel")
    head_fields = (*HEAD_FIELDS, *TRANSFER_FIELDS, *QUOTA_FIELDS)
    autocomplete_fields = (*StockDocumentAdmin.autocomplete_fields, "destination", "quota_channel")
    fieldsets = (StockDocumentAdmin.fieldsets[0], TAKEN_FROM, TRANSFER, *StockDocumentAdmin.fieldsets[1:])
    add_fieldsets = (*StockDocumentAdmin.add_fieldsets, TAKEN_FROM, TRANSFER)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Staff of single stores take from quotas of their stores only."""
        require_channel(request.user, form.instance.quota_channel_id)  # type: ignore[arg-type]
        super().save_related(request, form, formsets, change)

    def create(self, head: Any, lines: Sequence[DocumentLine], actor: Actor) -> StockDocument:
        """Open the typed document."""
        route = {name: getattr(head, name) for name in (*TRANSFER_FIELDS, *QUOTA_FIELDS)}
        return create_stockout(**head_of(head), **route, type=head.type, lines=lines, actor=actor)

    def update(
        self, document_id: int, lines: Sequence[DocumentLine], fields: dict[str, Any], actor: Actor
    ) -> StockDocument:
        """Change the draft."""
        return update_stockout(stockout_id=document_id, lines=lines, actor=actor, **fields)

    @service_action(
        description=_("Submit for review"),
        permission="stores.submit_stockout",
        when=in_state(DocumentStatus.DRAFT),
        icon="send",
    )
    def submit(self, request: HttpRequest, obj: StockOut) -> None:
        """Draft → waiting for review."""
        submit_stockout(stockout_id=obj.pk, actor=self.actor(request))

    @service_action(
        description=_("Approve"),
        permission="stores.approve_stockout",
        when=in_state(DocumentStatus.PENDING),
        icon="check",
    )
    def approve(self, request: HttpRequest, obj: StockOut) -> None:
        """Take the goods and tell the warehouse."""
        approve_stockout(stockout_id=obj.pk, actor=self.actor(request))

    @service_action(
        description=_("Reject"),
        permission="stores.approve_stockout",
        when=in_state(DocumentStatus.PENDING),
        icon="block",
        form=ReasonForm,
    )
    def reject(self, request: HttpRequest, obj: StockOut, reason: str) -> None:
        """Send it back, with a reason."""
        reject_stockout(stockout_id=obj.pk, reason=reason, actor=self.actor(request))

    @service_action(
        description=_("Confirm outbound"),
        permission="stores.confirm_stockout",
        when=_is_ours(DocumentStatus.IN_PROGRESS),
        icon="local_shipping",
        form=ParcelForm,
    )
    def confirm(self, request: HttpRequest, obj: StockOut, company: str, tracking_no: str) -> None:
        """The goods have left."""
        confirm_stockout(stockout_id=obj.pk, company=company, tracking_no=tracking_no, actor=self.actor(request))

    @service_action(
        description=_("Cancel"),
        permission="stores.cancel_stockout",
        when=_is_ours(DocumentStatus.DRAFT, DocumentStatus.PENDING, DocumentStatus.IN_PROGRESS),
        icon="cancel",
        form=OptionalReasonForm,
    )
    def cancel(self, request: HttpRequest, obj: StockOut, reason: str) -> str | None:
        """Give it up before anything left."""
        self.require_own(request, obj)
        found = cancel_stockout(stockout_id=obj.pk, reason=reason, actor=self.actor(request))
        if found.status_id == DocumentStatus.CANCELLED:
            return None
        return gettext("The warehouse system was asked to hold the goods back; its answer decides.")
