"""Reservations of the API that a batch of the combiner carries: no transaction of their own, the key in the batch."""

from collections.abc import Callable

from django.http.response import HttpResponseBase
from rest_framework.response import Response

from inventory.api.stock_input import sku_ids
from inventory.api.stock_serializers import CartAddSerializer, HoldsSerializer, OrderHoldsSerializer
from inventory.exceptions import InsufficientStock
from inventory.selectors.holds import HoldRow, cart_lines
from inventory.selectors.refusals import as_members_see
from inventory.services import cart_source, combiner
from inventory.services.at_once import order_holds
from vmi.api.idempotency import Claim, answer, claim_of, read_key
from vmi.api.permissions import is_customer
from vmi.api.viewsets import ApiViewSet
from vmi.core import clock


class NotCarried(Exception):
    """No batch took the call; it runs as an ordinary command."""


class CombinedMixin(ApiViewSet):
    """``reserve_cart`` and ``reserve_order`` by way of the combiner where it runs."""

    @property
    def member(self) -> int | None:
        """The member who calls, None for staff."""
        raise NotImplementedError

    claim: Claim | None = None
    """The key of the call while a batch of the combiner is asked to carry it, outside a transaction."""

    def execute(self, handler: Callable[[], HttpResponseBase]) -> HttpResponseBase:
        """Plain reservations go through the combiner where it runs; all else, and what it cannot carry, as usual."""
        if self.action not in ("reserve_cart", "reserve_order") or not combiner.is_open():
            return super().execute(handler)
        key = read_key(self.request, required=True)
        self.claim = claim_of(self.request, str(key))
        try:
            response = handler()
        except NotCarried:
            self.claim = None
            return super().execute(handler)
        answer(self.claim, response)
        return response

    def handle_exception(self, exc: Exception) -> Response:
        """Refuse as always; members are told of a shortage what the channel shows them (C-46)."""
        if isinstance(exc, InsufficientStock) and is_customer(self.request.user):
            exc = as_members_see(exc)
        return super().handle_exception(exc)

    @staticmethod
    def carried(found: list[HoldRow] | None) -> list[HoldRow]:
        """What a batch gave. Raises NotCarried for None."""
        if found is None:
            raise NotCarried
        return found

    def answer_again(self, note: str) -> HttpResponseBase:
        """The holds of a call whose answer was lost: its order's by the noted number, or its goods in the cart."""
        found: list[HoldRow]
        if note:
            found = order_holds(note, partner_id=self.member)
            return Response(OrderHoldsSerializer({"order_no": note, "reservations": found}).data, status=201)
        body = CartAddSerializer(data=self.request.data)
        body.is_valid(raise_exception=True)
        skus = sku_ids([item["sku"] for item in body.validated_data["items"]])
        source = cart_source(partner_id=self.member, user_id=self.actor.user_id)
        found = cart_lines(source, channel_id=body.validated_data["channel"], sku_ids=skus, at=clock.now())
        return Response(HoldsSerializer({"reservations": found}).data, status=201)
