"""Optional texts on the wire: empty ones are null, written or only read, addresses too (C-61)."""

from typing import Any

import pytest

from stores.api.serializers import StockInSerializer
from stores.models import StockIn
from vmi.api.fields import CharField, EmailField, UrlField
from vmi.api.serializers import CamelModelSerializer, CamelSerializer
from warehousing.models import Owner, WmsConnection

pytestmark = pytest.mark.no_database


class Card(CamelSerializer):
    """A card with optional addresses."""

    mail_box = EmailField(required=False, allow_blank=True, max_length=254)
    home_page = UrlField(required=False, allow_blank=True)
    nick_name = CharField(required=False, allow_blank=True)


class OwnerShape(CamelModelSerializer):
    """Built from the columns alone."""

    class Meta:
        """The columns on the wire."""

        model = Owner
        fields = ("email", "contact")


class ConnectionShape(CamelModelSerializer):
    """Built from the columns alone."""

    class Meta:
        """The columns on the wire."""

        model = WmsConnection
        fields = ("endpoint",)
        read_only_fields = ("endpoint",)


EMPTY: dict[str, Any] = {"mail_box": "", "home_page": "", "nick_name": ""}


def test_empty_addresses_are_null_both_ways() -> None:
    card = Card(data={"mailBox": None, "homePage": None, "nickName": None})

    assert card.is_valid()
    assert card.validated_data == EMPTY
    assert Card(EMPTY).data == {"mailBox": None, "homePage": None, "nickName": None}


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("mailBox", "nobody", "invalid"),
        ("mailBox", "a@b.example\x00", "invalid_character"),
        ("mailBox", 5, "invalid_string"),
        ("homePage", "javascript:alert(1)", "invalid"),
        ("homePage", "example", "invalid"),
    ],
)
def test_bad_addresses_are_refused(field: str, value: Any, code: str) -> None:
    card = Card(data={field: value})

    assert not card.is_valid()
    assert [detail.code for detail in card.errors[field]] == [code]


def test_columns_of_addresses_are_built_so_whether_written_or_only_read() -> None:
    assert OwnerShape(Owner(email="", contact="")).data == {"email": None, "contact": None}
    assert OwnerShape(Owner(email="a@b.example")).data["email"] == "a@b.example"
    assert ConnectionShape(WmsConnection(endpoint="")).data == {"endpoint": None}


def test_what_nobody_said_about_a_document_is_null() -> None:
    fields: dict[str, Any] = dict(StockInSerializer().fields)

    assert StockIn._meta.get_field("reason").blank
    assert (fields["reason"].to_representation(""), fields["reason"].to_representation("no")) == (None, "no")
