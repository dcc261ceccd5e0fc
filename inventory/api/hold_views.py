"""The hold endpoints of 003: carts, orders kept elsewhere, payment, clean-up (S003-11 … S003-15, S003-18)."""

from functools import cached_property
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from inventory import hooks
from inventory.api.combined import CombinedMixin
from inventory.api.stock_input import ITEM_SKU, cart_items, order_lines, path_id, query_codes, query_id, sku_ids
from inventory.api.stock_serializers import (
    CartAddSerializer,
    CartChangeSerializer,
    CartReleasedSerializer,
    CartReleaseSerializer,
    DeductedSerializer,
    DeductSerializer,
    HoldsSerializer,
    OrderHoldSerializer,
    OrderHoldsSerializer,
    ReleasedSerializer,
)
from inventory.models import Reservation
from inventory.selectors.holds import EXTERNAL_ORDER, ORDER, cart_lines, holds_of_document, holds_of_member
from inventory.services import (
    add_to_cart,
    cart_source,
    change_cart,
    deduct,
    release_expired,
    release_order,
    reserve_order,
    take_from_cart,
)
from inventory.services.at_once import add_to_cart_at_once, reserve_order_at_once
from inventory.services.release import SWEEP_CHUNK
from inventory.services.take_back import ALL
from vmi.api.permissions import is_customer
from vmi.api.viewsets import ApiViewSet, command
from vmi.core import clock
from vmi.core.exceptions import InvalidRequest, NotAllowed, NotFound
from vmi.core.sources import Source
from vmi.numbering.services import next_number

HOLD = "inventory.add_reservation"
MANAGE = "inventory.change_reservation"
SWEEPS_MAX = 20
"""Chunks one call of the clean-up works off; the rest is left to the next."""


class HoldViewSet(CombinedMixin, ApiViewSet):
    """Holds. Members act on their own only; what is not theirs does not exist for them (S003-20).

    Staff of single stores use the channels of their stores only (C-54).
    """

    queryset = Reservation.objects.all()
    serializer_class = HoldsSerializer
    permission_map: ClassVar[dict[str, str]] = {
        "mine": "inventory.view_reservation",
        "drop_cart": HOLD,
        "drop_order": HOLD,
    }
    customer_actions = frozenset(
        {
            "mine",
            "reserve_cart",
            "change_cart",
            "drop_cart",
            "release_cart",
            "reserve_order",
            "drop_order",
            "release_order",
        }
    )
    query_parameters: ClassVar[dict[str, frozenset[str] | set[str]]] = {"drop_cart": frozenset({"channel", "sku"})}

    @property
    def member(self) -> int | None:
        """The member who calls, None for staff. Raises NotAllowed for a customer without a member."""
        if not is_customer(self.request.user):
            return None
        if self.partner_id is None:
            raise NotAllowed
        return self.partner_id

    @property
    def is_member(self) -> bool:
        """Whether the caller is a member: those know published products only."""
        return self.member is not None

    @cached_property
    def channels(self) -> set[int] | None:
        """The channels the caller is confined to, None for every channel (C-54)."""
        user: Any = self.request.user
        return hooks.channels_of(user)

    def _channel(self, channel_id: int) -> int:
        """A channel the caller may hold goods in; another one does not exist for them."""
        if self.channels is not None and channel_id not in self.channels:
            raise NotFound(param="channel")
        return channel_id

    @extend_schema(responses=HoldsSerializer)
    def mine(self, request: Request) -> Response:
        """What the caller holds now: a member's cart and unpaid orders, a staff user's own cart."""
        now, member = clock.now(), self.member
        if member is not None:
            found = holds_of_member(member, at=now)
        else:
            found = cart_lines(cart_source(partner_id=None, user_id=self.actor.user_id), at=now)
        return Response(HoldsSerializer({"reservations": found}).data)

    @command(
        detail=False,
        permission=HOLD,
        request=CartAddSerializer,
        response=HoldsSerializer,
        idempotent=True,
        status=201,
    )
    def reserve_cart(self, data: dict[str, Any]) -> dict[str, Any]:
        """Put goods into the caller's cart beside what it holds (header Idempotency-Key); the deadline stays."""
        call: dict[str, Any] = {
            "channel_id": self._channel(data["channel"]),
            "items": cart_items(data["items"], member=self.is_member),
            "partner_id": self.member,
            "actor": self.actor,
        }
        if self.claim is None:
            return {"reservations": add_to_cart(**call, dry_run=data["dry_run"])}
        return {
            "reservations": self.carried(None if data["dry_run"] else add_to_cart_at_once(**call, claim=self.claim))
        }

    @command(detail=False, permission=HOLD, request=CartChangeSerializer, response=HoldsSerializer, methods=("put",))
    def change_cart(self, data: dict[str, Any]) -> dict[str, Any]:
        """Set the quantities of goods in the caller's cart; 0 gives back. Repeating it changes nothing."""
        found = change_cart(
            channel_id=self._channel(data["channel"]),
            items=cart_items(data["items"], member=self.is_member),
            partner_id=self.member,
            actor=self.actor,
            dry_run=data["dry_run"],
        )
        return {"reservations": found}

    @command(detail=False, permission=HOLD, request=CartReleaseSerializer, response=CartReleasedSerializer)
    def release_cart(self, data: dict[str, Any]) -> dict[str, Any]:
        """Give goods of the caller's cart back: the robust form of DELETE (C-49)."""
        return self._take_back(data["channel"], data.get("items"))

    @extend_schema(
        parameters=[
            OpenApiParameter("channel", {"type": "integer", "format": "int64", "minimum": 1}),
            OpenApiParameter("sku", {"type": "array", "items": {"type": "string", "maxLength": 64}}),
        ],
        request=None,
        responses={200: CartReleasedSerializer},
    )
    def drop_cart(self, request: Request) -> Response:
        """Give goods of the caller's cart back; what, says the query or a body as of ``release``, not both."""
        codes, channel = query_codes(request), query_id(request, "channel")
        if request.data and request.query_params:
            raise InvalidRequest(
                _("Give the figures in the query or in the body, not in both."),
                code="query_or_body",
                param=next(iter(request.query_params)),
            )
        if request.data:
            body = CartReleaseSerializer(data=request.data)
            body.is_valid(raise_exception=True)
            data = body.validated_data
            answer = self._take_back(data["channel"], data.get("items"))
        else:
            answer = self._take_back(channel, [{"sku": code} for code in codes] or None, field="sku")
        return Response(CartReleasedSerializer(answer).data)

    def _take_back(
        self, channel_id: int | None, items: list[dict[str, Any]] | None, *, field: str = ITEM_SKU
    ) -> dict[str, Any]:
        units = None
        if items is not None:
            ids = sku_ids([item["sku"] for item in items], field=field)
            units = {pk: item.get("quantity", ALL) for pk, item in zip(ids, items, strict=True)}
        member, actor = self.member, self.actor
        released = take_from_cart(channel_id=channel_id, units=units, partner_id=member, actor=actor)
        source = cart_source(partner_id=member, user_id=actor.user_id)
        return {"released": released, "reservations": cart_lines(source, channel_id=channel_id, at=clock.now())}

    @command(
        detail=False,
        permission=HOLD,
        request=OrderHoldSerializer,
        response=OrderHoldsSerializer,
        idempotent=True,
        status=201,
    )
    def reserve_order(self, data: dict[str, Any]) -> dict[str, Any]:
        """Hold goods for an order kept elsewhere, its owner's cart first (header Idempotency-Key)."""
        order_no = data.get("order_no") or next_number("order")
        call: dict[str, Any] = {
            "channel_id": self._channel(data["channel"]),
            "order_no": order_no,
            "lines": order_lines(data["items"], member=self.is_member),
            "partner_id": self.member,
            "actor": self.actor,
        }
        if self.claim is None:
            return {"order_no": order_no, "reservations": reserve_order(**call, dry_run=data["dry_run"])}
        found = self.carried(None if data["dry_run"] else reserve_order_at_once(**call, claim=self.claim))
        return {"order_no": order_no, "reservations": found}

    @extend_schema(request=None, responses={200: ReleasedSerializer})
    def drop_order(self, request: Request, pk: str) -> Response:
        """Release every hold of the order the reservation belongs to; an order of the house is called off."""
        return Response(ReleasedSerializer(self._release(pk)).data)

    @command(detail=False, permission=HOLD, response=ReleasedSerializer)
    def release_order(self, data: dict[str, Any]) -> dict[str, Any]:
        """The same by POST: the robust form of DELETE (C-49)."""
        return self._release(self.kwargs["pk"])

    def _release(self, pk: str) -> dict[str, Any]:
        released = release_order(
            hold_id=path_id(pk), partner_id=self.member, channel_ids=self.channels, actor=self.actor
        )
        return {"released": released}

    @command(detail=False, permission=MANAGE, request=DeductSerializer, response=DeductedSerializer, idempotent=True)
    def deduct(self, data: dict[str, Any]) -> dict[str, Any]:
        """The order was paid: its holds become sales (C-04; header Idempotency-Key)."""
        order_no = data["order_no"]
        deducted = deduct(order_no=order_no, actor=self.actor, dry_run=data["dry_run"])
        found = holds_of_document(Source(ORDER, order_no)) or holds_of_document(Source(EXTERNAL_ORDER, order_no))
        return {"order_no": order_no, "deducted": deducted, "reservations": found}

    @command(detail=False, permission=MANAGE, response=ReleasedSerializer)
    def cleanup(self, data: dict[str, Any]) -> dict[str, Any]:
        """Tidy expired holds now instead of waiting for the sweep; answers how many holds ended."""
        released = 0
        for _sweep in range(SWEEPS_MAX):
            count = release_expired(actor=self.actor)
            released += count
            if count < SWEEP_CHUNK:
                break
        return {"released": released}
