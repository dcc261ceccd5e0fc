"""Query parameters of the lists."""

from stores.models import Goods, GoodsInfo, Member, StockIn, StockOut, Store
from vmi.api.filters import CamelFilterSet

_DOCUMENT_FIELDS = {
    "sn": ["exact"],
    "type": ["exact"],
    "status": ["exact"],
    "warehouse": ["exact"],
    "owner": ["exact"],
    "store": ["exact"],
    "source_type": ["exact"],
    "source_sn": ["exact"],
    "create_time": ["gte", "lt"],
}


class StoreFilters(CamelFilterSet):
    """Stores by code or name."""

    class Meta:
        model = Store
        fields = {"code": ["exact"], "name": ["icontains"]}


class MemberFilters(CamelFilterSet):
    """Staff by store or user."""

    class Meta:
        model = Member
        fields = {"store": ["exact"], "user": ["exact"]}


class GoodsFilters(CamelFilterSet):
    """Listings by store, SKU, name, status."""

    class Meta:
        model = Goods
        fields = {
            "store": ["exact"],
            "product": ["exact"],
            "sku": ["exact"],
            "name": ["icontains"],
            "status": ["exact"],
        }


class GoodsInfoFilters(CamelFilterSet):
    """Lines by document, SKU, direction."""

    class Meta:
        model = GoodsInfo
        fields = {
            "stockin": ["exact"],
            "stockout": ["exact"],
            "product": ["exact"],
            "sku": ["exact"],
            "type": ["exact"],
        }


class StockInFilters(CamelFilterSet):
    """Stock-ins by number, state, type, place, source, time."""

    class Meta:
        model = StockIn
        fields = _DOCUMENT_FIELDS


class StockOutFilters(CamelFilterSet):
    """Stock-outs by number, state, type, place, source, time."""

    class Meta:
        model = StockOut
        fields = {
            **_DOCUMENT_FIELDS,
            "destination": ["exact"],
            "quota_purpose": ["exact"],
            "quota_channel": ["exact"],
        }
