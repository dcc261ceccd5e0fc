"""Why can this channel sell only so many? The tree of terms over the layers, with links to the entries behind each."""

from typing import Any, ClassVar

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.selectors import skus_by_code
from inventory.api.stock_input import query_codes, query_id
from inventory.choices import Counter
from inventory.models import Channel
from inventory.selectors.explain import Term, explain
from vmi.api.serializers import CamelSerializer
from vmi.api.viewsets import ApiViewSet
from vmi.core.exceptions import InvalidRequest, NotFound

_ID = {"type": "integer", "format": "int64", "minimum": 1}


def term_json(term: Term) -> dict[str, Any]:
    """A term and those below it; ``entries`` leads to its ledger entries, ``page`` to them in the back office."""
    found: dict[str, Any] = {"code": term.code, "amount": term.amount, "text": term.text, "entries": None, "page": None}
    if term.counter and term.row_id:
        counter = Counter(term.counter)
        keys = {"layer": int(counter.layer), "rowId": term.row_id, "counter": int(counter)}
        names = {"layer__exact": int(counter.layer), "row_id__exact": term.row_id, "counter__exact": int(counter)}
        found["entries"] = f"{reverse('api:ledger-list')}?{_query(keys)}"
        found["page"] = f"{reverse('admin:inventory_ledgerentry_changelist')}?{_query(names)}"
    return {**found, "terms": [term_json(one) for one in term.terms]}


def _query(values: dict[str, int]) -> str:
    return "&".join(f"{name}={value}" for name, value in values.items())


class ComingSerializer(CamelSerializer):
    """Goods on their way to the channel's warehouses."""

    source_type = serializers.CharField()
    source_sn = serializers.CharField()
    units = serializers.IntegerField()
    presale = serializers.IntegerField()
    due_on = serializers.DateField(allow_null=True)


class ExplanationSerializer(CamelSerializer):
    """The figures and their trees: the terms below a node sum to its amount; ``spot`` sums to ``sellable``."""

    channel = serializers.IntegerField(source="channel_id")
    sku = serializers.IntegerField(source="sku_id")
    sellable = serializers.IntegerField()
    spot = serializers.SerializerMethodField()
    presale = serializers.SerializerMethodField()
    oversell = serializers.SerializerMethodField()
    coming = ComingSerializer(many=True)

    def get_spot(self, found: Any) -> dict[str, Any]:
        """Goods on hand."""
        return term_json(found.spot)

    def get_presale(self, found: Any) -> dict[str, Any]:
        """Goods on their way."""
        return term_json(found.presale)

    def get_oversell(self, found: Any) -> dict[str, Any]:
        """Units beyond the goods."""
        return term_json(found.oversell)


class ExplainViewSet(ApiViewSet):
    """Explanations of what a channel can sell."""

    queryset = Channel.objects.all()
    serializer_class = ExplanationSerializer
    permission_map: ClassVar[dict[str, str]] = {"explain": "inventory.view_logicalstock"}
    query_parameters: ClassVar[dict[str, frozenset[str] | set[str]]] = {"explain": frozenset({"channel", "sku"})}

    @extend_schema(
        parameters=[
            OpenApiParameter("channel", _ID, required=True),
            OpenApiParameter("sku", {"type": "string", "maxLength": 64}, required=True),
        ],
        responses=ExplanationSerializer,
    )
    def explain(self, request: Request) -> Response:
        """Why the channel (id) can sell just so many units of the SKU (code) right now, layer by layer."""
        channel_id, codes = query_id(request, "channel"), query_codes(request)
        if channel_id is None or len(codes) != 1:
            name = "channel" if channel_id is None else "sku"
            raise InvalidRequest(_("This field is required."), code="required", param=name)
        if not self.get_queryset().filter(pk=channel_id).exists():
            raise NotFound(param="channel")
        sku = next(iter(skus_by_code(codes).values()), None)
        if sku is None:
            raise NotFound(param="sku")
        return Response(ExplanationSerializer(explain(channel_id, sku.id)).data)
