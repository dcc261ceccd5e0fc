"""Bodies and answers of shipping orders kept elsewhere."""

from rest_framework import serializers

from inventory.api.stock_input import CODE_CHARS_MAX
from vmi.api.serializers import (
    BooleanField,
    CamelSerializer,
    CharField,
    IdField,
    IntegerField,
    StatusNameField,
    StatusValueField,
)
from warehousing.choices import ShipNoticeStatus


class ShipConsigneeSerializer(CamelSerializer):
    """Who receives the goods; what the warehouse prints on the parcel."""

    name = CharField(max_length=100, required=False, allow_blank=True, default="")
    phone = CharField(max_length=32, required=False, allow_blank=True, default="")
    province = CharField(max_length=64, required=False, allow_blank=True, default="")
    city = CharField(max_length=64, required=False, allow_blank=True, default="")
    district = CharField(max_length=64, required=False, allow_blank=True, default="")
    address = CharField(max_length=255, required=False, allow_blank=True, default="")


class ShipOrderSerializer(CamelSerializer):
    """The paid order to ship."""

    order_no = CharField(max_length=CODE_CHARS_MAX)
    consignee = ShipConsigneeSerializer(required=False, default=dict)
    dry_run = BooleanField(required=False, default=False)


class ConfirmShippedSerializer(CamelSerializer):
    """The order that left, and its parcel."""

    order_no = CharField(max_length=CODE_CHARS_MAX)
    company = CharField(max_length=64)
    tracking_no = CharField(max_length=64)
    dry_run = BooleanField(required=False, default=False)


class NoticeSerializer(CamelSerializer):
    """A ship notice of the order."""

    id = IdField()
    sn = CharField()
    warehouse = IdField(source="warehouse_id")
    status = StatusValueField(source="status_id", enum=ShipNoticeStatus)
    status_name = StatusNameField(source="status_id")


class PickSerializer(CamelSerializer):
    """Units of a line and where they are taken from."""

    line_no = IntegerField()
    sku = CharField()
    warehouse = IdField(source="warehouse_id")
    owner = CharField()
    location = CharField()
    batch = CharField(allow_blank=True)
    quantity = IntegerField()


class ShipPicksSerializer(CamelSerializer):
    """What the warehouses were told."""

    order_no = CharField()
    picks = PickSerializer(many=True)
    notices = NoticeSerializer(many=True)


class ShippedNoticesSerializer(CamelSerializer):
    """The numbers of the notices this call closed, and all of the order's."""

    order_no = CharField()
    confirmed = serializers.ListField(child=CharField())
    notices = NoticeSerializer(many=True)
