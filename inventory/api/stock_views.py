"""The stock endpoints of 003: figures and display, low stock, corrections, thresholds, history."""

from typing import Any, ClassVar

from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.selectors import skus_by_code, skus_by_id
from inventory.api.filters import LogicalStockFilter, TransactionFilter
from inventory.api.serializers import LogicalStockSerializer
from inventory.api.stock_input import adjustment, path_id, query_codes, query_id
from inventory.api.stock_serializers import (
    AdjustBatchSerializer,
    AdjustedBatchSerializer,
    AdjustedRowSerializer,
    AdjustRowSerializer,
    ProductStockSerializer,
    StockBatchAnswerSerializer,
    StockBatchSerializer,
    ThresholdSerializer,
    TransactionSerializer,
)
from inventory.models import LedgerEntry, LogicalStock
from inventory.selectors.stock_query import ProductStock, product_stock, sku_stock
from inventory.selectors.transactions import transactions_of
from inventory.services import adjust_batch, set_threshold
from vmi.api.permissions import is_customer
from vmi.api.viewsets import ApiViewSet, command
from vmi.core.exceptions import DomainError, InvalidRequest, NotFound
from vmi.core.sources import Source
from vmi.numbering.services import next_number

VIEW = "inventory.view_logicalstock"
ADJUST = "inventory.adjust_stock"
_ID = {"type": "integer", "format": "int64", "minimum": 1}


class StockViewSet(ApiViewSet):
    """Stock by product and SKU. Staff see figures, members what the display rule says (C-46)."""

    queryset = LogicalStock.objects.select_related("sku")
    serializer_class = LogicalStockSerializer
    permission_map: ClassVar[dict[str, str]] = {"product": VIEW}
    customer_actions = frozenset({"product", "batch"})
    query_parameters: ClassVar[dict[str, frozenset[str] | set[str]]] = {
        "product": frozenset({"sku", "warehouse", "channel"})
    }

    @extend_schema(
        parameters=[
            OpenApiParameter("sku", {"type": "string", "maxLength": 64}),
            OpenApiParameter("warehouse", _ID),
            OpenApiParameter("channel", _ID),
        ],
        responses=ProductStockSerializer,
    )
    def product(self, request: Request, pk: str) -> Response:
        """The stock of a product, or of one of its SKUs; zeros where it has none (C-02, C-71)."""
        codes = query_codes(request)
        if len(codes) > 1:
            raise InvalidRequest(_("This parameter may be given once only."), code="repeated_parameter", param="sku")
        found = product_stock(
            path_id(pk),
            sku=codes[0] if codes else "",
            warehouse_id=query_id(request, "warehouse"),
            channel_id=query_id(request, "channel"),
        )
        if found is None or not self._may_know(found):
            raise NotFound(param="sku" if codes else "productId")
        return Response(ProductStockSerializer(found, context=self._context()).data)

    @command(detail=False, permission=VIEW, request=StockBatchSerializer, response=StockBatchAnswerSerializer)
    def batch(self, data: dict[str, Any]) -> dict[str, Any]:
        """The stock of up to 1,000 SKUs in the order asked; a constant number of queries."""
        codes = list(dict.fromkeys(data["skus"]))
        if is_customer(self.request.user):
            known = skus_by_code(codes)
            wanted = [code for code in codes if code in known and known[code].is_published]
        else:
            wanted = codes
        found = sku_stock(wanted, warehouse_id=data["warehouse"], channel_id=data["channel"])
        return {
            "items": [found[code] for code in codes if code in found],
            "unknown": [code for code in codes if code not in found],
        }

    @command(
        detail=False, permission=ADJUST, request=AdjustRowSerializer, response=AdjustedRowSerializer, methods=("put",)
    )
    def adjust(self, data: dict[str, Any]) -> dict[str, Any]:
        """ADD, SUBTRACT or SET the units of a row; without ``location`` where they lie in one place (S003-16)."""
        logical_id = path_id(self.kwargs["pk"])
        changed = self._adjust([adjustment(logical_id, data)], data, number=next_number("adjustment"), single=True)
        return {"changed_by": changed[0], "row": self.get_queryset().get(pk=logical_id)}

    @command(
        detail=False,
        permission=ADJUST,
        request=AdjustBatchSerializer,
        response=AdjustedBatchSerializer,
        idempotent=True,
    )
    def adjust_many(self, data: dict[str, Any]) -> dict[str, Any]:
        """Many corrections as one document, all or none (header Idempotency-Key)."""
        number = next_number("adjustment")
        items = [adjustment(item["id"], item) for item in data["items"]]
        changed = self._adjust(items, data, number=number)
        rows = self.get_queryset().in_bulk([item.logical_id for item in items])
        return {
            "adjustment": number,
            "items": [
                {"changed_by": units, "row": rows[item.logical_id]} for units, item in zip(changed, items, strict=True)
            ],
        }

    @command(
        detail=False,
        permission="inventory.change_logicalstock",
        request=ThresholdSerializer,
        response=LogicalStockSerializer,
        methods=("put",),
    )
    def threshold(self, data: dict[str, Any]) -> LogicalStock:
        """Set the warning line of a row; it only warns (C-42, S003-17)."""
        logical_id = path_id(self.kwargs["pk"])
        set_threshold(logical_id=logical_id, threshold=data["threshold"], actor=self.actor)
        row: LogicalStock = self.get_queryset().get(pk=logical_id)
        return row

    def _adjust(self, items: list[Any], data: dict[str, Any], *, number: str, single: bool = False) -> list[int]:
        try:
            return adjust_batch(
                items=items,
                reason=data["reason"],
                source=Source("adjust", number),
                actor=self.actor,
                dry_run=data["dry_run"],
            )
        except DomainError as refusal:
            if single and refusal.param:
                refusal.param = refusal.param.removeprefix("items[0].")
            raise

    def _context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "is_customer": is_customer(self.request.user)}

    def get_serializer_context(self) -> dict[str, Any]:
        """Tell the serializers whether figures may be shown."""
        return self._context()

    def _may_know(self, found: ProductStock) -> bool:
        """Members know published products only, as in the catalogue."""
        if not is_customer(self.request.user):
            return True
        known = skus_by_id(stock.sku_id for stock in found.skus)
        return bool(known) and all(sku.is_published for sku in known.values())


class LowStockViewSet(mixins.ListModelMixin, ApiViewSet):
    """Rows at or below their warning line; rows without a line never are (S003-10)."""

    queryset = LogicalStock.objects.select_related("sku").filter(
        alert_threshold__gt=0, available_qty__lte=F("alert_threshold")
    )
    serializer_class = LogicalStockSerializer
    filterset_class = LogicalStockFilter
    ordering_fields = ("id", "available_qty", "alert_threshold")


class TransactionViewSet(mixins.ListModelMixin, ApiViewSet):
    """The history of a row and its buckets in the words of 003, newest first (S003-19)."""

    queryset = LedgerEntry.objects.all()
    serializer_class = TransactionSerializer
    filterset_class = TransactionFilter
    ordering_fields = ("id", "at")
    ordering = "-id"

    def get_queryset(self) -> QuerySet[Any]:
        """The entries of the row in the path. Raises NotFound."""
        if getattr(self, "swagger_fake_view", False):
            return LedgerEntry.objects.none()
        logical_id = path_id(self.kwargs["pk"])
        if not LogicalStock.objects.filter(pk=logical_id).exists():
            raise NotFound(param="id")
        return transactions_of(logical_id)
