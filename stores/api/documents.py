"""Endpoints of stock-in, stock-out and their lines."""

from typing import Any

from stores import services
from stores.api.filters import GoodsInfoFilters, StockInFilters, StockOutFilters
from stores.api.lines import GoodsInfoSerializer, document_lines
from stores.api.scope import StoreScopeMixin
from stores.api.serializers import (
    OptionalReasonSerializer,
    ParcelSerializer,
    ReasonSerializer,
    StockInSerializer,
    StockOutSerializer,
)
from stores.models import GoodsInfo, StockIn, StockOut
from stores.services.quota import require_channel
from vmi.api.viewsets import CrudViewSet, IdempotentMixin, ReadViewSet, command

_LINES = "lines__places__location"


class GoodsInfoViewSet(StoreScopeMixin, ReadViewSet):
    """``vmi/store/goodsInfo``: lines of all documents; they are written with their document."""

    queryset = GoodsInfo.objects.select_related("stockin", "stockout").prefetch_related("places__location")
    serializer_class = GoodsInfoSerializer
    filterset_class = GoodsInfoFilters
    ordering_fields = ("id", "sku")
    ordering = ("-id",)
    store_paths = ("stockin__store_id", "stockout__store_id")


class StockInViewSet(StoreScopeMixin, IdempotentMixin, CrudViewSet):
    """``vmi/store/stockin``: created as a draft, submitted, approved by somebody else, received at once."""

    queryset = StockIn.objects.prefetch_related(_LINES)
    serializer_class = StockInSerializer
    filterset_class = StockInFilters
    ordering_fields = ("id", "create_time", "quantity", "amount")
    ordering = ("-id",)

    def create_object(self, data: dict[str, Any]) -> StockIn:
        """Open a draft."""
        self.require_store(data.get("store_id"))
        lines = document_lines(data.pop("lines"))
        data["source_ref"] = data.pop("source_sn", "")
        created = services.create_stockin(lines=lines, actor=self.actor, **data)
        return self.get_queryset().get(pk=created.pk)

    def update_object(self, instance: Any, data: dict[str, Any]) -> StockIn:
        """Change a draft; ``goodsInfo`` replaces all lines."""
        self.require_own(instance)
        if "store_id" in data:
            self.require_store(data["store_id"])
        rows = data.pop("lines", None)
        lines = None if rows is None else document_lines(rows)
        services.update_stockin(stockin_id=instance.pk, lines=lines, actor=self.actor, **data)
        return self.get_queryset().get(pk=instance.pk)

    @command(permission="stores.submit_stockin")
    def submit(self, obj: StockIn, data: dict[str, Any]) -> None:
        """Draft → waiting for review."""
        services.submit_stockin(stockin_id=obj.pk, actor=self.actor)

    @command(permission="stores.approve_stockin")
    def approve(self, obj: StockIn, data: dict[str, Any]) -> None:
        """Approve and receive the goods; refused for whoever made or submitted the document."""
        services.approve_stockin(stockin_id=obj.pk, actor=self.actor)

    @command(permission="stores.approve_stockin", request=ReasonSerializer)
    def reject(self, obj: StockIn, data: dict[str, Any]) -> None:
        """Reject with a reason."""
        services.reject_stockin(stockin_id=obj.pk, reason=data["reason"], actor=self.actor)

    @command(permission="stores.cancel_stockin", request=OptionalReasonSerializer)
    def cancel(self, obj: StockIn, data: dict[str, Any]) -> None:
        """Cancel before it is approved."""
        self.require_own(obj)
        services.cancel_stockin(stockin_id=obj.pk, reason=data.get("reason", ""), actor=self.actor)


class StockOutViewSet(StoreScopeMixin, IdempotentMixin, CrudViewSet):
    """``vmi/store/stockout``: ours are created, submitted, approved and confirmed; a sale's follows its order."""

    queryset = StockOut.objects.prefetch_related(_LINES)
    serializer_class = StockOutSerializer
    filterset_class = StockOutFilters
    ordering_fields = ("id", "create_time", "quantity", "amount")
    ordering = ("-id",)

    def create_object(self, data: dict[str, Any]) -> StockOut:
        """Open a draft."""
        self.require_store(data.get("store_id"))
        require_channel(self.request.user, data.get("quota_channel_id"))
        lines = document_lines(data.pop("lines"))
        data["source_ref"] = data.pop("source_sn", "")
        created = services.create_stockout(lines=lines, actor=self.actor, **data)
        return self.get_queryset().get(pk=created.pk)

    def update_object(self, instance: Any, data: dict[str, Any]) -> StockOut:
        """Change a draft; ``goodsInfo`` replaces all lines."""
        self.require_own(instance)
        if "store_id" in data:
            self.require_store(data["store_id"])
        require_channel(self.request.user, data.get("quota_channel_id"))
        rows = data.pop("lines", None)
        lines = None if rows is None else document_lines(rows)
        services.update_stockout(stockout_id=instance.pk, lines=lines, actor=self.actor, **data)
        return self.get_queryset().get(pk=instance.pk)

    @command(permission="stores.submit_stockout")
    def submit(self, obj: StockOut, data: dict[str, Any]) -> None:
        """Draft → waiting for review."""
        services.submit_stockout(stockout_id=obj.pk, actor=self.actor)

    @command(permission="stores.approve_stockout")
    def approve(self, obj: StockOut, data: dict[str, Any]) -> None:
        """Approve: take the goods from what may be sold and tell the warehouse."""
        services.approve_stockout(stockout_id=obj.pk, actor=self.actor)

    @command(permission="stores.approve_stockout", request=ReasonSerializer)
    def reject(self, obj: StockOut, data: dict[str, Any]) -> None:
        """Reject with a reason."""
        services.reject_stockout(stockout_id=obj.pk, reason=data["reason"], actor=self.actor)

    @command(permission="stores.confirm_stockout", request=ParcelSerializer)
    def confirm(self, obj: StockOut, data: dict[str, Any]) -> None:
        """Confirm by hand that the goods left, where no warehouse system does."""
        services.confirm_stockout(
            stockout_id=obj.pk,
            company=data.get("company", ""),
            tracking_no=data.get("tracking_no", ""),
            actor=self.actor,
        )

    @command(permission="stores.cancel_stockout", request=OptionalReasonSerializer)
    def cancel(self, obj: StockOut, data: dict[str, Any]) -> None:
        """Cancel before anything left."""
        self.require_own(obj)
        services.cancel_stockout(stockout_id=obj.pk, reason=data.get("reason", ""), actor=self.actor)
