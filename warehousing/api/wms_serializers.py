"""What ship notices, connections and the inbox look like on the wire."""

from rest_framework import serializers

from vmi.api.serializers import (
    CamelModelSerializer,
    CamelSerializer,
    CharField,
    InstantField,
    IntegerField,
    QuantityField,
    TrackedSerializer,
)
from vmi.core.fields import QUANTITY_MAX
from warehousing.choices import EventAnswer
from warehousing.models import ShipNotice, ShipNoticeLine, WmsConnection, WmsMessage
from warehousing.wms.stock import QUALITIES


class ShipNoticeLineSerializer(CamelModelSerializer):
    """A pick of a notice and how much of it has left."""

    class Meta:
        """The columns on the wire."""

        model = ShipNoticeLine
        fields = ("id", "line_no", "sku", "owner", "location", "batch", "quantity", "shipped_quantity")


class ShipNoticeSerializer(TrackedSerializer):
    """A ship notice with its lines."""

    lines = ShipNoticeLineSerializer(many=True, read_only=True)

    class Meta:
        """The columns on the wire."""

        model = ShipNotice
        fields = (
            "id",
            "sn",
            "warehouse",
            "source_type",
            "source_sn",
            "status",
            "consignee",
            "company",
            "tracking_no",
            "attempts",
            "next_attempt_at",
            "last_error",
            "sent_at",
            "done_at",
            "cancel_state",
            "cancel_requested_at",
            "lines",
        )


class ShippedLineInput(CamelSerializer):
    """Units of one notice line that left."""

    line_no = IntegerField(min_value=1)
    quantity = QuantityField()


class ConfirmInput(CamelSerializer):
    """The body of confirm; without lines everything still open has left."""

    company = CharField(max_length=64)
    tracking_no = CharField(max_length=64)
    lines = ShippedLineInput(many=True, required=False, allow_empty=False)


class ParcelInput(CamelSerializer):
    """The parcel something left with."""

    company = CharField(max_length=64)
    tracking_no = CharField(max_length=64)


class HeldBackInput(CamelSerializer):
    """How a person knows that the goods are still there."""

    reason = CharField(max_length=200)


class LeftInput(ParcelInput):
    """The parcel the goods left with, and how a person knows."""

    reason = CharField(max_length=200)


class WmsConnectionSerializer(TrackedSerializer):
    """A link to a warehouse system; the secret is only ever written."""

    endpoint = CharField(max_length=500, required=False, allow_blank=True)
    secret = CharField(max_length=200, required=False, write_only=True)
    has_secret = serializers.SerializerMethodField()

    class Meta:
        """The columns on the wire."""

        model = WmsConnection
        fields: tuple[str, ...] = (
            "id",
            "code",
            "warehouse",
            "mode",
            "endpoint",
            "secret",
            "has_secret",
            "previous_valid_until",
            "is_enabled",
            "figures",
            "stock_url",
            "poll_minutes",
            "next_poll_at",
            "poll_error",
        )
        read_only_fields: tuple[str, ...] = (
            "previous_valid_until",
            "is_enabled",
            "figures",
            "stock_url",
            "poll_minutes",
            "next_poll_at",
            "poll_error",
        )

    def get_has_secret(self, connection: WmsConnection) -> bool:
        """Whether webhooks of this connection can be verified."""
        return bool(connection.secret)


class WmsConnectionUpdateSerializer(WmsConnectionSerializer):
    """A change of a link; the secret changes by the command rotate."""

    class Meta(WmsConnectionSerializer.Meta):
        """The columns that may change."""

        fields = (
            "id",
            "code",
            "warehouse",
            "mode",
            "endpoint",
            "has_secret",
            "previous_valid_until",
            "is_enabled",
            "figures",
            "stock_url",
            "poll_minutes",
            "next_poll_at",
            "poll_error",
        )
        read_only_fields = ("code", "warehouse", "previous_valid_until", "next_poll_at", "poll_error")


class RotateInput(CamelSerializer):
    """The body of rotate: a secret of the caller's, or none for a fresh one."""

    secret = CharField(max_length=200, required=False)
    keep_until = InstantField(required=False)


class RotateOutput(CamelSerializer):
    """The answer of rotate: the secret in force, shown this once."""

    secret = CharField()


class WmsMessageSerializer(TrackedSerializer):
    """One message of the inbox."""

    class Meta:
        """The columns on the wire."""

        model = WmsMessage
        fields = (
            "id",
            "connection",
            "event_id",
            "type",
            "occurred_at",
            "seq",
            "notice_sn",
            "notice",
            "payload",
            "state",
            "reason",
            "repeats",
            "processed_at",
        )


class ReceiptSerializer(CamelSerializer):
    """The webhook's answer for one event."""

    event_id = CharField()
    status = serializers.ChoiceField(choices=EventAnswer.choices, source="answer")
    reason = CharField(allow_blank=True)
    param = CharField(allow_blank=True)


class WebhookLineInput(CamelSerializer):
    """Documentation of a line of an event; parsing is ``warehousing.wms.inbound``."""

    line_no = IntegerField(min_value=1)
    quantity = IntegerField(min_value=1, max_value=QUANTITY_MAX)
    sku = CharField(max_length=64, required=False)
    location = CharField(max_length=64, required=False)
    batch = CharField(max_length=64, required=False)


class WebhookEventInput(CamelSerializer):
    """Documentation of one event."""

    event_id = CharField(max_length=128)
    occurred_at = InstantField()
    seq = IntegerField(required=False, allow_null=True)
    type = serializers.ChoiceField(choices=["outbound.confirmed", "cancel.confirmed", "cancel.refused"])
    notice_sn = CharField(max_length=64)
    company = CharField(max_length=64, required=False)
    tracking_no = CharField(max_length=64, required=False)
    lines = WebhookLineInput(many=True, required=False)


class WebhookInput(CamelSerializer):
    """Documentation of a webhook call: 1–500 events."""

    events = WebhookEventInput(many=True)


class SnapshotRowInput(CamelSerializer):
    """Documentation of one place of a snapshot; parsing is ``warehousing.wms.stock``."""

    sku = CharField(max_length=64)
    owner = CharField(max_length=64)
    location = CharField(max_length=64)
    batch = CharField(max_length=64, required=False, allow_blank=True)
    quality = serializers.ChoiceField(choices=list(QUALITIES), required=False)
    quantity = IntegerField(min_value=0, max_value=QUANTITY_MAX)


class SnapshotInput(CamelSerializer):
    """Documentation of a snapshot call; a body of at most 1 MiB, larger stocks in several with growing ``seq``."""

    seq = IntegerField(min_value=0)
    taken_at = InstantField()
    complete = serializers.BooleanField(required=False)
    rows = SnapshotRowInput(many=True)


class SnapshotOutput(CamelSerializer):
    """What became of a snapshot; figures are rows."""

    seq = IntegerField()
    state = CharField()
    rows = IntegerField()
    applied = IntegerField()
    explained = IntegerField()
    review = IntegerField()
    unknown = IntegerField()


class WebhookOutput(CamelSerializer):
    """The webhook's answer: one entry per event, in order."""

    results = ReceiptSerializer(many=True)
