"""Where warehouse systems report what left (Standard Webhooks, HMAC instead of a token)."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from vmi.api.parsers import parse_json
from vmi.core.actors import wms_actor
from vmi.core.exceptions import InvalidRequest
from warehousing import services
from warehousing.api import wms_serializers as wire
from warehousing.wms.inbound import EVENTS_MAX, BadEventError


class WmsEventsView(APIView):
    """``POST warehousing/wms/<connection>/events/``: 1–500 events, an answer for each, in order.

    The signature is checked over the raw body before anything is read (S19); a refused call is 401.
    """

    authentication_classes = ()
    permission_classes = ()

    @extend_schema(request=wire.WebhookInput, responses={200: wire.WebhookOutput}, auth=[])
    def post(self, request: Request, code: str) -> Response:
        """Store and act on a batch."""
        body = request._request.body  # parsers would consume the stream the signature is about
        connection_id, name = services.verify_webhook(code=code, headers=request.headers, body=body)
        receipts = services.receive_wms_batch(
            connection_id=connection_id, raw_events=_events(parse_json(body)), actor=wms_actor(name)
        )
        return Response({"results": wire.ReceiptSerializer(receipts, many=True).data})


class WmsSnapshotView(APIView):
    """``POST warehousing/wms/<connection>/snapshot/``: a picture of the stock, compared with ours at once (C-43).

    Signed as events are. Larger stocks come in several calls with growing ``seq``, or are asked for by polling.
    """

    authentication_classes = ()
    permission_classes = ()

    @extend_schema(request=wire.SnapshotInput, responses={200: wire.SnapshotOutput}, auth=[])
    def post(self, request: Request, code: str) -> Response:
        """Compare, book what differs, and say what became of the rows."""
        body = request._request.body
        connection_id, name = services.verify_webhook(code=code, headers=request.headers, body=body)
        try:
            answer = services.take_stock_of(
                connection_id=connection_id, document=parse_json(body), actor=wms_actor(name)
            )
        except BadEventError as bad:
            raise InvalidRequest(code=bad.reason, param=bad.param) from bad
        return Response(wire.SnapshotOutput(answer).data)


def _events(document: Any) -> list[Any]:
    events = document.get("events") if isinstance(document, dict) else None
    if not isinstance(events, list) or set(document) != {"events"} or not 1 <= len(events) <= EVENTS_MAX:
        raise InvalidRequest(
            _("The body is an object with a list “events” of 1 to %(max)s entries."),
            code="invalid_batch",
            param="events",
            details={"max": EVENTS_MAX},
        )
    return events
