"""Batches over HTTP: until when goods keep (C-70)."""

from typing import Any

from rest_framework import serializers

from inventory.models import Batch
from inventory.services import date_batch
from vmi.api.filters import CamelFilterSet, IdFilter
from vmi.api.serializers import CamelModelSerializer, CamelSerializer, CharField
from vmi.api.viewsets import ReadViewSet, command


class BatchSerializer(CamelModelSerializer):
    """A batch of a SKU; an empty ``code`` stands for the stock without a batch."""

    sku_code = CharField(source="sku.sku", read_only=True)

    class Meta:
        """The columns on the wire."""

        model = Batch
        fields = ("id", "sku", "sku_code", "code", "produced_on", "expires_on")
        read_only_fields = fields


class BatchDatesSerializer(CamelSerializer):
    """When a batch was made, and until when it keeps; ``expiresOn`` empty: for the product's shelf life."""

    produced_on = serializers.DateField(required=False, allow_null=True, default=None)
    expires_on = serializers.DateField(required=False, allow_null=True, default=None)


class BatchFilter(CamelFilterSet):
    """Batches by SKU, code and last day."""

    sku_id = IdFilter()

    class Meta:
        """Exact filters and a span of days."""

        model = Batch
        fields = {"code": ["exact"], "expires_on": ["gte", "lt"]}


class BatchViewSet(ReadViewSet):
    """Batches and their dates; outbound picks what expires first."""

    queryset = Batch.objects.select_related("sku").order_by("-id")
    serializer_class = BatchSerializer
    filterset_class = BatchFilter
    ordering_fields = ("id", "expires_on")

    @command(permission="inventory.change_batch", request=BatchDatesSerializer, response=BatchSerializer)
    def dates(self, obj: Batch, data: dict[str, Any]) -> Batch:
        """Write until when it keeps; the same dates again change nothing."""
        return date_batch(
            sku_id=obj.sku_id,
            code=obj.code,
            produced_on=data["produced_on"],
            expires_on=data["expires_on"],
            actor=self.actor,
        )
