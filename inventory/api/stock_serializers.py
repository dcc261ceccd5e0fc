"""The bodies and answers of the 003 endpoints: product stock, holds, corrections, history (C-61)."""

from typing import Any, ClassVar

from rest_framework import serializers

from inventory.api.serializers import REASON_CHARS_MAX, LogicalStockSerializer
from inventory.choices import AdjustOperation, Quality
from inventory.selectors import Availability
from inventory.selectors.holds import HoldRow
from inventory.selectors.stock_query import Display
from inventory.selectors.transactions import ReferenceKind, TransactionKind, kind_of, reference_kind_of
from inventory.services.cart import CART
from vmi.api.serializers import (
    LIST_ITEMS_MAX,
    BooleanField,
    CamelSerializer,
    CharField,
    IdField,
    InstantField,
    IntegerField,
    QuantityField,
)

CODE_CHARS_MAX = 64
KINDS = ("CART", "ORDER")
ADJUSTABLE = [(int(quality), quality.label) for quality in (Quality.QUALIFIED, Quality.LOCKED)]


class FiguresSerializer(CamelSerializer):
    """Units; members do not get them (C-46)."""

    total = IntegerField(source="figures.total", required=False)
    reserved = IntegerField(source="figures.reserved", required=False)
    available = IntegerField(source="figures.available", required=False)
    plannable = IntegerField(source="figures.plannable", required=False)
    locked = IntegerField(source="figures.locked", required=False)
    safety = IntegerField(source="figures.safety", required=False)
    in_transit = IntegerField(source="figures.in_transit", required=False)
    presale = IntegerField(source="figures.presale", required=False)
    oversell = IntegerField(source="figures.oversell", required=False)
    is_low_stock = BooleanField(required=False)


class StockRowSerializer(FiguresSerializer):
    """One logical row: its id is the one ``adjust``, ``threshold`` and ``transactions`` take (C-07)."""

    id = IdField()
    warehouse = IdField()
    warehouse_code = CharField()
    owner = IdField()
    alert_threshold = IntegerField(source="threshold")


class _ShownSerializer(FiguresSerializer):
    """What everybody learns, and the figures for staff."""

    for_everybody: ClassVar[frozenset[str]] = frozenset()

    in_stock = serializers.SerializerMethodField()
    display = serializers.ChoiceField(choices=Display.choices, source="figures.display")
    display_name = serializers.CharField(source="figures.display.label")

    def get_in_stock(self, stock: Any) -> bool:
        """Whether a unit could be promised now."""
        return not stock.figures.is_out_of_stock

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """Leave the figures out for members."""
        shown: dict[str, Any] = super().to_representation(instance)
        if not self.context.get("is_customer"):
            return shown
        return {name: value for name, value in shown.items() if name in self.for_everybody}


class OfferSerializer(CamelSerializer):
    """What the channel asked for can promise of a SKU; customers read what its display rule tells them (C-37)."""

    text = serializers.CharField(source="shown.text")
    quantity = IntegerField(source="shown.quantity", allow_null=True)
    in_stock = BooleanField(source="shown.in_stock")
    has_presale = serializers.SerializerMethodField()
    presale_on = serializers.DateField(allow_null=True)
    spot = IntegerField(required=False)
    presale = IntegerField(required=False)
    oversell = IntegerField(required=False)

    def get_has_presale(self, offer: Availability) -> bool:
        """Whether units on their way can be ordered; the next of them is due on ``presaleOn``."""
        return offer.presale > 0

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """Leave the figures out for members."""
        offer: dict[str, Any] = super().to_representation(instance)
        if self.context.get("is_customer"):
            for name in ("spot", "presale", "oversell"):
                del offer[name]
        return offer


class SkuStockSerializer(_ShownSerializer):
    """The stock of a SKU; its rows are staff's. ``offer``: of the channel, where one is asked for."""

    for_everybody = frozenset({"skuId", "sku", "productId", "inStock", "display", "displayName", "offer"})

    sku_id = IdField()
    sku = CharField()
    product_id = IdField()
    offer = OfferSerializer(required=False)
    rows = StockRowSerializer(many=True, required=False)

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """Without a channel there is no offer."""
        shown: dict[str, Any] = super().to_representation(instance)
        if shown["offer"] is None:
            del shown["offer"]
        return shown


class ProductStockSerializer(_ShownSerializer):
    """The stock of a product: the sum and its SKUs."""

    for_everybody = frozenset({"productId", "inStock", "display", "displayName", "skus"})

    product_id = IdField()
    skus = SkuStockSerializer(many=True)


class StockBatchSerializer(CamelSerializer):
    """The body of ``batch``: up to 1,000 SKU codes."""

    skus = serializers.ListField(
        child=CharField(max_length=CODE_CHARS_MAX), allow_empty=False, max_length=LIST_ITEMS_MAX
    )
    warehouse = IdField(required=False, allow_null=True, default=None)
    channel = IdField(required=False, allow_null=True, default=None)


class StockBatchAnswerSerializer(CamelSerializer):
    """The SKUs found, in the order asked, and the codes nobody knows."""

    items = SkuStockSerializer(many=True)
    unknown = serializers.ListField(child=CharField())


class HoldItemSerializer(CamelSerializer):
    """A SKU and its units, from one warehouse if it is named."""

    sku = CharField(max_length=CODE_CHARS_MAX)
    quantity = QuantityField()
    warehouse = IdField(required=False, allow_null=True, default=None)


class ChangeItemSerializer(HoldItemSerializer):
    """The units a cart shall hold; 0 gives them back."""

    quantity = QuantityField(min_value=0)


class CartAddSerializer(CamelSerializer):
    """The body that puts goods into a cart."""

    channel = IdField()
    items = HoldItemSerializer(many=True, allow_empty=False)
    dry_run = BooleanField(required=False, default=False)


class CartChangeSerializer(CamelSerializer):
    """The body that changes quantities in a cart."""

    channel = IdField()
    items = ChangeItemSerializer(many=True, allow_empty=False)
    dry_run = BooleanField(required=False, default=False)


class ReleaseItemSerializer(CamelSerializer):
    """What to give back of a SKU; without a quantity all of it."""

    sku = CharField(max_length=CODE_CHARS_MAX)
    quantity = QuantityField(required=False)


class CartReleaseSerializer(CamelSerializer):
    """What to give back: single SKUs, or without items the whole cart; of one channel or of all."""

    channel = IdField(required=False, allow_null=True, default=None)
    items = ReleaseItemSerializer(many=True, required=False, allow_empty=False)


class OrderHoldSerializer(CamelSerializer):
    """The body that holds goods for an order kept elsewhere; without a number one is given."""

    channel = IdField()
    order_no = CharField(max_length=CODE_CHARS_MAX, required=False)
    items = HoldItemSerializer(many=True, allow_empty=False)
    dry_run = BooleanField(required=False, default=False)


class HoldSerializer(CamelSerializer):
    """A hold as its owner sees it."""

    id = IdField()
    sku = CharField()
    quantity = IntegerField()
    kind = serializers.SerializerMethodField()
    order_no = serializers.SerializerMethodField()
    channel = IdField(source="channel_id")
    warehouse = IdField(source="warehouse_id")
    state = IntegerField()
    state_name = serializers.CharField(source="state.label")
    expires_at = InstantField()
    promise = IntegerField()
    promise_name = serializers.CharField(source="promise.label")
    promised_on = serializers.DateField(allow_null=True)

    def get_kind(self, hold: HoldRow) -> str:
        """``CART`` or ``ORDER``."""
        return KINDS[hold.source_type != CART]

    def get_order_no(self, hold: HoldRow) -> str | None:
        """The order's number, null in a cart."""
        return None if hold.source_type == CART else hold.source_sn


class HoldsSerializer(CamelSerializer):
    """The answer of every hold endpoint."""

    reservations = HoldSerializer(many=True)


class OrderHoldsSerializer(HoldsSerializer):
    """The holds of an order with its number."""

    order_no = CharField()


class ReleasedSerializer(CamelSerializer):
    """How many units went back to sale."""

    released = IntegerField()


class CartReleasedSerializer(HoldsSerializer):
    """How many units went back to sale, and what the cart still holds."""

    released = IntegerField()


class DeductSerializer(CamelSerializer):
    """The order that was paid."""

    order_no = CharField(max_length=CODE_CHARS_MAX)
    dry_run = BooleanField(required=False, default=False)


class DeductedSerializer(OrderHoldsSerializer):
    """The units sold by this call; 0 when they had been."""

    deducted = IntegerField()


class RowAdjustSerializer(CamelSerializer):
    """A correction of one row: ADD, SUBTRACT or SET (S003-7)."""

    operation = serializers.ChoiceField(choices=AdjustOperation.choices)
    quantity = QuantityField(min_value=0)
    location = IdField(required=False, allow_null=True, default=None)
    batch = CharField(max_length=CODE_CHARS_MAX, required=False, allow_null=True, default=None)
    quality = serializers.ChoiceField(choices=ADJUSTABLE, required=False, default=int(Quality.QUALIFIED))


class AdjustRowSerializer(RowAdjustSerializer):
    """A correction with its reason."""

    reason = CharField(max_length=REASON_CHARS_MAX)
    dry_run = BooleanField(required=False, default=False)


class BatchItemSerializer(RowAdjustSerializer):
    """A correction of the row with this id."""

    id = IdField()


class AdjustBatchSerializer(CamelSerializer):
    """Corrections that belong together, under one reason."""

    items = BatchItemSerializer(many=True, allow_empty=False)
    reason = CharField(max_length=REASON_CHARS_MAX)
    dry_run = BooleanField(required=False, default=False)


class AdjustedRowSerializer(CamelSerializer):
    """A row and the units it changed by."""

    changed_by = IntegerField()
    row = LogicalStockSerializer()


class AdjustedBatchSerializer(CamelSerializer):
    """The number of the adjustment and its rows, in the order given."""

    adjustment = CharField()
    items = AdjustedRowSerializer(many=True)


class ThresholdSerializer(CamelSerializer):
    """The warning line in units; 0 switches it off."""

    threshold = QuantityField(min_value=0)


class TransactionSerializer(CamelSerializer):
    """One change of one figure in the words of 003; the finer words of the ledger beside them (C-57)."""

    id = IdField()
    kind = serializers.SerializerMethodField()
    quantity = IntegerField(source="delta")
    before = serializers.SerializerMethodField()
    after = IntegerField(source="balance_after")
    counter = IntegerField()
    counter_name = serializers.CharField(source="get_counter_display")
    command = IntegerField()
    command_name = serializers.CharField(source="get_command_display")
    operator = IdField(source="actor_id")
    reason = CharField(allow_blank=True)
    reference_kind = serializers.SerializerMethodField()
    reference = CharField(source="source_sn")
    at = InstantField()

    def get_kind(self, entry: Any) -> TransactionKind:
        """IN, OUT, RESERVE, RELEASE or ADJUST."""
        return kind_of(entry)

    def get_before(self, entry: Any) -> int:
        """The figure before the change."""
        return int(entry.balance_after - entry.delta)

    def get_reference_kind(self, entry: Any) -> ReferenceKind | None:
        """ORDER, CART, MANUAL or IMPORT; null for the sweep of expired holds."""
        return reference_kind_of(entry)
