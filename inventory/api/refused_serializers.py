"""Refused demand on the wire."""

from rest_framework import serializers

from inventory.models import RefusedDemand
from vmi.api.serializers import CamelModelSerializer


class RefusedDemandSerializer(CamelModelSerializer):
    """Units one buyer could not have of a stock row on one day: the most at once, and how often they tried.

    ``asker`` is ``M`` and the member's id, else the document.
    """

    sku_code = serializers.CharField(source="logical.sku.sku", read_only=True)
    warehouse = serializers.IntegerField(source="logical.warehouse_id", read_only=True)

    class Meta:
        """Everything, read-only."""

        model = RefusedDemand
        fields = (
            "id",
            "logical",
            "sku_code",
            "warehouse",
            "channel",
            "day",
            "asker",
            "units",
            "times",
            "first_at",
            "last_at",
        )
        read_only_fields = fields
