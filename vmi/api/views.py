"""Views of the kernel itself: the status table, the OpenAPI document and its offline page."""

from typing import Any, ClassVar

from django.utils.translation import override
from drf_spectacular.views import SpectacularJSONAPIView, SpectacularSwaggerView
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from vmi.api.errors import ENGLISH
from vmi.api.filters import CamelFilterSet
from vmi.api.permissions import SignedIn
from vmi.api.serializers import CamelModelSerializer, CharField
from vmi.api.viewsets import ReadViewSet
from vmi.statuses.models import Status


class StatusSerializer(CamelModelSerializer):
    """One status of the platform (S000-2)."""

    kind_name = CharField(read_only=True)
    label = CharField(read_only=True)  # type: ignore[assignment]

    class Meta:
        model = Status
        fields = ("value", "kind", "kind_name", "name", "name_en", "label")
        read_only_fields = fields


class StatusFilter(CamelFilterSet):
    """By kind."""

    class Meta:
        model = Status
        fields = ("kind",)


class StatusViewSet(ReadViewSet):
    """The platform's status table; the same for everybody and changed by nobody (C-12)."""

    queryset = Status.objects.all()
    serializer_class = StatusSerializer
    filterset_class = StatusFilter
    permission_classes = (SignedIn,)
    lookup_field = "value"
    ordering = ("value",)
    customer_actions: ClassVar[frozenset[str]] = frozenset({"list", "retrieve"})

    def customer_queryset(self, qs: Any, partner_id: int) -> Any:
        """Statuses are no secret."""
        return qs

    def get_queryset(self) -> Any:
        """All of them, for members without a partner too."""
        return Status.objects.all()


class SchemaView(SpectacularJSONAPIView):
    """The OpenAPI document as JSON, in English whoever asks; built once, because it depends on nothing else."""

    authentication_classes: list[Any] = []
    permission_classes: list[Any] = [AllowAny]

    _document: ClassVar[dict[str, Any]] = {}

    def _get_schema_response(self, request: Request) -> Response:
        if not self._document:
            with override(ENGLISH):
                self._document.update(super()._get_schema_response(request).data)
        return Response(self._document, headers={"Content-Language": ENGLISH})


class DocsView(SpectacularSwaggerView):
    """The page that shows and tries the API; all its files come with the product."""

    authentication_classes: list[Any] = []
    permission_classes: list[Any] = [AllowAny]
