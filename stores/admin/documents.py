"""What the pages of stock-in and stock-out share."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextareaWidget

from stores.admin.scope import StoreScopeMixin
from stores.admin.steps import history_of
from stores.choices import DOCUMENT_MACHINE, DocumentStatus
from stores.exceptions import NotYourDocument
from stores.models import StockDocument
from stores.selectors import may_change
from stores.services import DocumentLine
from stores.services.documents import document_source
from vmi.core.actors import Actor
from vmi.core.admin import ModelAdmin, status_badge, status_column
from vmi.core.admin.columns import reference_column
from vmi.core.admin.dashboard import list_url
from vmi.core.admin.export import Columns, ExportMixin
from vmi.core.admin.filters import status_filter
from vmi.core.admin.sources import source_link

HEAD_FIELDS = ("warehouse_id", "owner_id", "store_id", "type", "description", "source_sn")


class ReasonForm(forms.Form):
    """Asks why."""

    reason = forms.CharField(label=_("Reason"), max_length=500, widget=UnfoldAdminTextareaWidget({"rows": 3}))


class OptionalReasonForm(ReasonForm):
    """Asks why, without insisting."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = False


def in_state(*states: DocumentStatus) -> Callable[[StockDocument], bool]:
    """Whether a document's page shows an action's button."""
    return lambda document: document.status_id in states


class StockDocumentAdmin(ExportMixin, StoreScopeMixin, ModelAdmin):
    """A document: head and lines typed in while it is a draft, moved on by actions, its history below."""

    system_types: ClassVar[frozenset[str]] = frozenset()
    head_fields: ClassVar[tuple[str, ...]] = HEAD_FIELDS

    warehouse_name = reference_column("warehouse", "warehousing_warehouse", description=_("warehouse"))
    store_name = reference_column("store", "stores_store", description=_("store"))
    list_display = (
        "sn",
        "type",
        "state",
        "warehouse_name",
        "store_name",
        "quantity",
        "amount",
        "source",
        "create_time",
    )
    list_filter = (status_filter(DocumentStatus), "type", "warehouse", "owner", "store")
    search_fields = ("sn", "source_sn", "description", "lines__sku")
    date_hierarchy = "create_time"
    list_select_related = ("warehouse", "owner", "store")
    autocomplete_fields: tuple[str, ...] = ("warehouse", "owner", "store")
    change_form_after_template = "admin/stores/document_history.html"
    readonly_fields = ("badge", "source", "ledger")
    fieldsets: Any = (
        (
            None,
            {
                "fields": (
                    ("sn", "badge"),
                    ("type", "source_sn"),
                    "warehouse",
                    "owner",
                    "store",
                    "description",
                    ("quantity", "amount"),
                    "ledger",
                )
            },
        ),
        (
            _("Review"),
            {
                "fields": (
                    ("submitted_by", "submitted_at"),
                    ("approved_by", "approved_at"),
                    ("rejected_by", "rejected_at"),
                    ("done_at", "reason"),
                    ("creater", "create_time"),
                ),
                "classes": ("collapse",),
            },
        ),
    )
    add_fieldsets: Any = ((None, {"fields": (("type", "source_sn"), "warehouse", "owner", "store", "description")}),)

    state = status_column(machine=DOCUMENT_MACHINE)
    badge = status_badge(machine=DOCUMENT_MACHINE)

    @display(description=_("source document"), ordering="source_sn")
    def source(self, obj: StockDocument) -> SafeString | str:
        """The document this one serves, linked to its page if it is one of ours."""
        return source_link(obj.source_type, obj.source_sn)

    @display(description=_("ledger"))
    def ledger(self, obj: StockDocument) -> SafeString:
        """Everything the document did to the stock."""
        document = document_source(obj)
        number = obj.source_sn if obj.source_type else document.sn
        url = list_url("inventory_ledgerentry", source_sn__exact=number)
        return format_html('<a class="bo-link" href="{}">{}</a>', url, _("entries of this document"))

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """A new document has neither number nor totals."""
        if obj is None:
            return self.add_fieldsets
        found = super().get_fieldsets(request, obj)
        return found if obj.is_editable else _with_source_link(found)

    def formfield_for_choice_field(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Offer the types people may open."""
        if db_field.name == "type":
            kwargs["choices"] = [choice for choice in db_field.choices if choice[0] not in self.system_types]
        return super().formfield_for_choice_field(db_field, request, **kwargs)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only a draft is edited, by staff of single stores their own; the actions move the others."""
        if not super().has_change_permission(request, obj):
            return False
        return obj is None or (obj.is_editable and self.may_change(request, obj))

    def may_change(self, request: HttpRequest, obj: StockDocument) -> bool:
        """Whether the signed-in person may edit or cancel a document they see."""
        return may_change(request.user, obj)  # type: ignore[arg-type]

    def require_own(self, request: HttpRequest, obj: StockDocument) -> None:
        """Refuse to cancel what the signed-in person may only see. Raises NotYourDocument."""
        if not self.may_change(request, obj):
            raise NotYourDocument

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Nothing yet: head and lines are written by one command, see ``save_related``."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Create or edit the document with its lines by the same command as the API."""
        self.require_store(request, form.instance.store_id)
        lines = [line for formset in formsets for line in formset.document_lines()]
        if change:
            fields = {name: getattr(form.instance, name) for name in self.head_fields}
            self.update(form.instance.pk, lines, fields, self.actor(request))
        else:
            created = self.create(form.instance, lines, self.actor(request))
            form.instance.pk, form.instance.sn = created.pk, created.sn
        for formset in formsets:
            formset.new_objects, formset.changed_objects, formset.deleted_objects = [], [], []

    def create(self, head: Any, lines: Sequence[DocumentLine], actor: Actor) -> StockDocument:
        """Call the create command of the document's kind."""
        raise NotImplementedError

    def update(
        self, document_id: int, lines: Sequence[DocumentLine], fields: dict[str, Any], actor: Actor
    ) -> StockDocument:
        """Call the update command of the document's kind."""
        raise NotImplementedError

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The page with the document's steps below."""
        document = self.get_object(request, object_id)
        context = {**(extra_context or {}), "document_events": history_of(document) if document else []}
        return super().change_view(request, object_id, form_url, context)

    def export_columns(self) -> Columns:
        """The columns of the list and who reviewed."""
        return {
            str(_("number")): lambda row: row.sn,
            str(_("type")): lambda row: str(row.get_type_display()),
            str(_("status")): lambda row: str(row.status),
            str(_("warehouse")): lambda row: row.warehouse.code,
            str(_("owner of the goods")): lambda row: row.owner.code,
            str(_("store")): lambda row: row.store.code if row.store else "",
            str(_("total quantity")): lambda row: row.quantity,
            str(_("total amount")): lambda row: row.amount,
            str(_("source number")): lambda row: row.source_sn,
            str(_("created at")): lambda row: row.create_time.isoformat(),
            str(_("approved at")): lambda row: row.approved_at.isoformat() if row.approved_at else "",
            str(_("description")): lambda row: row.description,
        }


def _with_source_link(fieldsets: Any) -> Any:
    """The head of a closed document: its source is a link instead of a number to type."""
    (title, options), *rest = fieldsets
    rows = tuple(("type", "source") if row == ("type", "source_sn") else row for row in options["fields"])
    return ((title, {**options, "fields": rows}), *rest)


def head_of(document: StockDocument) -> dict[str, Any]:
    """The typed head of a new document as arguments of its create command."""
    return {
        "warehouse_id": document.warehouse_id,
        "owner_id": document.owner_id,
        "store_id": document.store_id,
        "description": document.description,
        "source_ref": document.source_sn,
    }
