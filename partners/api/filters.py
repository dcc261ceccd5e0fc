"""Filters of the member lists."""

from partners.models import Level, Partner
from vmi.api.filters import CamelFilterSet, TextFilter


class PartnerFilter(CamelFilterSet):
    """By code, telephone, part of the name, state, level, referer, time of creation."""

    name = TextFilter(lookup_expr="icontains")

    class Meta:
        model = Partner
        fields = {
            "code": ["exact"],
            "telephone": ["exact"],
            "status": ["exact"],
            "level": ["exact"],
            "referer": ["exact"],
            "create_time": ["gte", "lt"],
        }


class LevelFilter(CamelFilterSet):
    """By name."""

    class Meta:
        model = Level
        fields = ("name",)
