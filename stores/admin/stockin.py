"""Back-office page of stock-in documents."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from stores.admin.documents import OptionalReasonForm, ReasonForm, StockDocumentAdmin, head_of, in_state
from stores.admin.lines import LineInline
from stores.choices import SYSTEM_STOCKIN_TYPES, DocumentStatus
from stores.models import StockDocument, StockIn
from stores.services import (
    DocumentLine,
    approve_stockin,
    cancel_stockin,
    create_stockin,
    reject_stockin,
    submit_stockin,
    update_stockin,
)
from vmi.core.actors import Actor
from vmi.core.admin import namespace_site, service_action


class StockInLines(LineInline):
    """Lines of a stock-in."""

    fk_name = "stockin"


@admin.register(StockIn, site=namespace_site)
class StockInAdmin(StockDocumentAdmin):
    """Stock-in: typed in, submitted, approved by somebody else."""

    source_type = "stockin"
    inlines = (StockInLines,)
    system_types = SYSTEM_STOCKIN_TYPES
    service_actions = ("submit", "approve", "reject", "cancel")

    def create(self, head: Any, lines: Sequence[DocumentLine], actor: Actor) -> StockDocument:
        """Open the typed document."""
        return create_stockin(**head_of(head), type=head.type, lines=lines, actor=actor)

    def update(
        self, document_id: int, lines: Sequence[DocumentLine], fields: dict[str, Any], actor: Actor
    ) -> StockDocument:
        """Change the draft."""
        return update_stockin(stockin_id=document_id, lines=lines, actor=actor, **fields)

    @service_action(
        description=_("Submit for review"),
        permission="stores.submit_stockin",
        when=in_state(DocumentStatus.DRAFT),
        icon="send",
    )
    def submit(self, request: HttpRequest, obj: StockIn) -> None:
        """Draft → waiting for review."""
        submit_stockin(stockin_id=obj.pk, actor=self.actor(request))

    @service_action(
        description=_("Approve"),
        permission="stores.approve_stockin",
        when=in_state(DocumentStatus.PENDING),
        icon="check",
    )
    def approve(self, request: HttpRequest, obj: StockIn) -> None:
        """Receive the goods."""
        approve_stockin(stockin_id=obj.pk, actor=self.actor(request))

    @service_action(
        description=_("Reject"),
        permission="stores.approve_stockin",
        when=in_state(DocumentStatus.PENDING),
        icon="block",
        form=ReasonForm,
    )
    def reject(self, request: HttpRequest, obj: StockIn, reason: str) -> None:
        """Send it back, with a reason."""
        reject_stockin(stockin_id=obj.pk, reason=reason, actor=self.actor(request))

    @service_action(
        description=_("Cancel"),
        permission="stores.cancel_stockin",
        when=in_state(DocumentStatus.DRAFT, DocumentStatus.PENDING),
        icon="cancel",
        form=OptionalReasonForm,
    )
    def cancel(self, request: HttpRequest, obj: StockIn, reason: str) -> None:
        """Give it up before anything moved."""
        self.require_own(request, obj)
        cancel_stockin(stockin_id=obj.pk, reason=reason, actor=self.actor(request))
