"""Bodies and answers of the member resources."""

from partners.models import Level, Partner
from vmi.api.serializers import CamelModelSerializer, CamelSerializer, CharField, IdField, TrackedSerializer


class PartnerSerializer(TrackedSerializer):
    """A member as staff see it; code, level, login and state are the system's."""

    level_name = CharField(source="level.name", read_only=True)

    class Meta:
        model = Partner
        fields = (
            "id", "code", "name", "telephone", "wechat", "description", "referer", "level", "level_name", "user",
            "status",
        )  # fmt: skip
        read_only_fields = ("code", "level", "user")


class OwnPartnerSerializer(TrackedSerializer):
    """A member as the member sees it: without the staff's remarks."""

    level_name = CharField(source="level.name", read_only=True)

    class Meta:
        model = Partner
        fields = ("id", "code", "name", "telephone", "wechat", "level", "level_name", "status")
        read_only_fields = fields


class LevelSerializer(TrackedSerializer):
    """A level: half-open band of points, factor on prices."""

    class Meta:
        model = Level
        fields = ("id", "name", "min_points", "max_points", "discount", "description", "sort")


class RegisterBody(CamelSerializer):
    """What a customer gives to register."""

    username = CharField(max_length=64)
    password = CharField(max_length=128, trim_whitespace=False, write_only=True)
    name = CharField(max_length=100)
    telephone = CharField(max_length=32, required=False, allow_blank=True, default="")
    wechat = CharField(max_length=64, required=False, allow_blank=True, default="")
    referer_code = CharField(max_length=64, required=False, allow_blank=True, default="")


class RegisteredSerializer(CamelModelSerializer):
    """The new member and the name to sign in with."""

    partner = OwnPartnerSerializer(source="*", read_only=True)
    user = IdField(source="user_id", read_only=True)
    username = CharField(source="user.username", read_only=True)

    class Meta:
        model = Partner
        fields = ("partner", "user", "username")
