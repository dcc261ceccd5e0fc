"""History resources: the ledger by SKU, row, document and person, and stock as of any moment."""

from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError as FormError
from django.db.models import QuerySet
from django_filters import filters
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from inventory.api.history_serializers import HistoryEntrySerializer, StockAtSerializer
from inventory.models import LedgerEntry, LogicalStock
from inventory.selectors.as_of import as_of, rows_at
from inventory.selectors.history import name_all, of_sku, with_reason
from vmi.api.fields import InstantField
from vmi.api.filters import CamelFilterSet, IdFilter, TextFilter
from vmi.api.viewsets import ApiViewSet
from vmi.core import clock

AT = OpenApiParameter("at", {"type": "string", "format": "date-time"}, description="now if left out")


class InstantFormField(forms.Field):
    """An instant with its offset."""

    def to_python(self, value: Any) -> datetime | None:
        """Refuse everything that could mean two moments."""
        if value in self.empty_values:
            return None
        try:
            instant: datetime = InstantField().to_internal_value(value)
        except ValidationError as error:
            raise FormError(str(error.detail[0]), code="invalid") from error  # type: ignore[index]
        return instant


class InstantFilter(filters.IsoDateTimeFilter):
    """Before or after an instant; ISO 8601 with an offset."""

    field_class = InstantFormField


class HistoryFilter(CamelFilterSet):
    """Entries by SKU (code or id), row, counter, command, document, person and time (from ≤ at < to)."""

    sku = TextFilter(method="by_code", label="SKU code")
    sku_id = IdFilter(method="by_sku", label="SKU id")
    since = InstantFilter(field_name="at", lookup_expr="gte")
    until = InstantFilter(field_name="at", lookup_expr="lt")

    class Meta:
        """Exact filters."""

        model = LedgerEntry
        fields = ("layer", "row_id", "counter", "command", "source_type", "source_sn", "actor_id")

    @classmethod
    def get_filters(cls) -> Any:
        """``since`` and ``until`` under their names on the wire, which Python keeps for itself."""
        names = {"since": "from", "until": "to"}
        return {names.get(name, name): item for name, item in super().get_filters().items()}

    def by_code(self, entries: QuerySet[LedgerEntry], name: str, value: str) -> QuerySet[LedgerEntry]:
        """The entries of every row of the SKU with this code; none for an unknown one."""
        from catalog.selectors import skus_by_code

        sku = next(iter(skus_by_code([value]).values()), None)
        return entries.filter(of_sku(sku.id)) if sku is not None else entries.none()

    def by_sku(self, entries: QuerySet[LedgerEntry], name: str, value: int) -> QuerySet[LedgerEntry]:
        """The entries of every row of the SKU."""
        return entries.filter(of_sku(value))


class HistoryViewSet(mixins.ListModelMixin, ApiViewSet):
    """Every change of every number, newest first, with the names of rows and people and the command's reason."""

    queryset = LedgerEntry.objects.all()
    serializer_class = HistoryEntrySerializer
    filterset_class = HistoryFilter
    ordering_fields = ("id", "at")
    ordering = "-id"

    def get_queryset(self) -> QuerySet[Any]:
        """Entries with their reasons."""
        return with_reason(super().get_queryset())

    def paginate_queryset(self, queryset: Any) -> Any:
        """One page, named."""
        return name_all(super().paginate_queryset(queryset) or ())


class AsOfFilter(CamelFilterSet):
    """Logical rows by SKU, warehouse and owner."""

    code = TextFilter(field_name="sku__sku", lookup_expr="iexact", label="SKU code")
    sku_id = IdFilter(field_name="sku_id")

    class Meta:
        """Exact filters."""

        model = LogicalStock
        fields = ("warehouse", "owner")

    @classmethod
    def get_filters(cls) -> Any:
        """``code`` reads ``sku`` on the wire, as everywhere a code is asked for."""
        return {"sku" if name == "code" else name: item for name, item in super().get_filters().items()}


class AsOfViewSet(mixins.ListModelMixin, ApiViewSet):
    """The stock as it was at an instant, computed from the ledger (I8)."""

    queryset = LogicalStock.objects.all()
    serializer_class = StockAtSerializer
    filterset_class = AsOfFilter
    ordering_fields = ("id",)
    ordering = "id"
    query_parameters: ClassVar[dict[str, frozenset[str] | set[str]]] = {"list": frozenset({"at"})}

    @extend_schema(parameters=[AT])
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Rows that had a history by then, a page at a time; figures in units, every layer."""
        instant = self._instant(request)
        page = self.paginate_queryset(self.filter_queryset(rows_at(instant)))
        found = as_of(instant, [row.pk for row in page or ()])
        return self.get_paginated_response(StockAtSerializer(found, many=True).data)

    def _instant(self, request: Request) -> datetime:
        """The moment asked for. Raises ValidationError naming the parameter."""
        text = request.query_params.get("at")
        if text is None:
            return clock.now()
        try:
            instant: datetime = InstantField().to_internal_value(text)
        except ValidationError as error:
            raise ValidationError({"at": error.detail}) from error
        return instant
