"""The lines of a stock document on its page: typed in while it is a draft, shown afterwards."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextInputWidget

from stores.models import GoodsInfo
from stores.services import DocumentLine
from stores.services.lines import check_lines
from vmi.core.admin import TabularInline
from vmi.core.exceptions import DomainError
from warehousing import selectors as warehousing_selectors


def read_places(text: str, quantity: int) -> list[tuple[str, int]]:
    """``A=3, B=2`` as pairs of location code and units; a code alone takes the whole line. Raises ValidationError."""
    parts = [part.strip() for part in text.replace("，", ",").split(",") if part.strip()]
    if len(parts) == 1 and "=" not in parts[0]:
        return [(parts[0], quantity)]
    places = []
    for part in parts:
        code, _sign, number = (piece.strip() for piece in part.partition("="))
        if not (number.isascii() and number.isdecimal()) or len(number) > 9:
            raise ValidationError(_("Write locations as “code=quantity”, separated by commas."))
        places.append((code, int(number)))
    return places


class LineForm(forms.ModelForm):
    """One line; the locations are written as codes."""

    places = forms.CharField(label=_("Locations"), required=False, max_length=500, widget=UnfoldAdminTextInputWidget())

    class Meta:
        model = GoodsInfo
        fields = ("product", "count", "price", "batch")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and "places" in self.fields:
            self.fields["places"].initial = places_text(self.instance)

    def clean_places(self) -> list[tuple[str, int]]:
        """The typed text as pairs of code and units."""
        text: str = self.cleaned_data["places"]
        return read_places(text, self.cleaned_data.get("count") or 0) if text.strip() else []


def places_text(line: GoodsInfo) -> str:
    """Where a line's units lie, as it is typed in."""
    return ", ".join(f"{place.location.code}={place.quantity}" for place in line.places.all())


class LineFormSet(BaseInlineFormSet):
    """Turns the typed rows into the lines of the command and lets the command's own rules check them."""

    def clean(self) -> None:
        """Refuse what the command would refuse, beside the lines instead of above the page."""
        super().clean()
        if any(form.errors for form in self.forms):
            return
        try:
            check_lines(self.document_lines(), warehouse_id=self.instance.warehouse_id or 0)
        except DomainError as error:
            raise ValidationError(str(error)) from error

    def document_lines(self) -> list[DocumentLine]:
        """The rows that stay, in order. Raises ValidationError for an unknown location."""
        rows = [
            form.cleaned_data
            for form in self.forms
            if form.cleaned_data.get("product") and not form.cleaned_data.get("DELETE")
        ]
        ids = self._location_ids({code for row in rows for code, _count in row.get("places") or ()})
        return [
            DocumentLine(
                sku_id=row["product"].pk,
                quantity=row["count"],
                price=row.get("price") or Decimal(0),
                locations=tuple((ids[code], count) for code, count in row.get("places") or ()),
                batch=row.get("batch") or "",
            )
            for row in rows
        ]

    @staticmethod
    def _location_ids(codes: set[str]) -> dict[str, int]:
        found = {code: row.id for code, row in warehousing_selectors.locations_by_code(codes).items()}
        unknown = sorted(codes - set(found))
        if unknown:
            raise ValidationError(_("Unknown location: %(code)s"), params={"code": ", ".join(unknown)})
        return found


class LineInline(TabularInline):
    """Lines of either document; editable exactly while the document is."""

    model = GoodsInfo
    form = LineForm
    formset = LineFormSet
    autocomplete_fields = ("product",)
    can_delete = True
    hide_title = True
    verbose_name = _("line")
    verbose_name_plural = _("lines")

    def get_queryset(self, request: HttpRequest) -> Any:
        """Lines with what their rows show, in a constant number of queries."""
        return super().get_queryset(request).select_related("product").prefetch_related("places__location")

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        """A new document begins with one empty line."""
        return 1 if obj is None else 0

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """A closed document shows where the goods lie or came from."""
        shown = "places" if self.is_open(request, obj) else "where"
        return ("product", "count", "price", "batch", shown)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """The column of a closed document is computed."""
        return () if self.is_open(request, obj) else ("where",)

    def where(self, line: GoodsInfo) -> str:
        """Locations and units of the line."""
        return places_text(line) or "–"

    where.short_description = _("Locations")  # type: ignore[attr-defined]

    def is_open(self, request: HttpRequest, obj: Any) -> bool:
        """Whether this person may edit the lines now."""
        page = self.admin_site.get_model_admin(self.parent_model)
        return bool(page.has_add_permission(request) if obj is None else page.has_change_permission(request, obj))

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever sees the document sees its lines."""
        return True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only in a draft."""
        return self.is_open(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only in a draft."""
        return self.is_open(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only in a draft."""
        return self.is_open(request, obj)
