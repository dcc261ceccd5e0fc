"""What a person typed stays when a service refuses it, and the refusal stands at its field."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.messages import get_messages
from django.forms import CharField, Form, HiddenInput, IntegerField
from django.test import Client
from django.utils import translation

from inventory.exceptions import InsufficientStock, ShortLine
from inventory.models import ChannelStock
from tests.factories.inventory import make_stock
from vmi.core.admin.refusals import SENTENCES_MAX, add_refusal, add_refusal_of_lines, field_of
from vmi.core.exceptions import InvalidRequest

OVERSELL = {"enabled": "on", "units": "5", "percent": "10", "minutes": "20"}
"""Units and a percentage at once, which the service refuses."""


class Sample(Form):
    """Fields as actions ask for them."""

    units = IntegerField()
    cap_units = IntegerField()
    note = CharField(widget=HiddenInput)


@pytest.fixture
def manager(staff: Callable[..., Any], client_for: Callable[..., Client]) -> Client:
    """A signed-in manager."""
    return client_for(staff("manager"))


@pytest.mark.parametrize(
    ("param", "field"),
    [
        ("units", "units"),
        ("lines[0].units", "units"),
        ("items[3].quantity", "units"),
        ("capUnits", "cap_units"),
        ("lines[2]", None),
        ("bucket", None),
        ("note", None),
        ("", None),
        (None, None),
    ],
)
def test_a_parameter_of_the_api_leads_to_its_field(param: str | None, field: str | None) -> None:
    assert field_of(Sample(), param) == field


def test_every_refused_line_is_named() -> None:
    form = Sample({"units": "1", "cap_units": "1", "note": "x"})
    lines = [ShortLine(line=n, sku=f"SKU-{n}", wanted=n, available=0) for n in range(1, SENTENCES_MAX + 5)]
    error = InsufficientStock(lines)

    add_refusal(form, error)

    assert len(form.errors["units"]) == SENTENCES_MAX
    assert [f"SKU-{n}" in text for n, text in enumerate(form.errors["units"], start=1)] == [True] * SENTENCES_MAX
    assert str(error) == error.sentences[0]
    assert len(error.sentences) == SENTENCES_MAX + 4


def test_a_refusal_of_one_sentence_is_said_once() -> None:
    error = InvalidRequest("No %(what)s.", details={"what": "way"})

    assert error.sentences == ["No way."]


@pytest.mark.parametrize(
    ("param", "said"),
    [("goodsInfo[1].location", "Line 2: No."), ("goodsInfo", "No."), ("warehouse", "No."), (None, "No.")],
)
def test_a_document_says_which_of_its_lines_is_refused(param: str | None, said: str) -> None:
    form = Sample({"units": "1", "cap_units": "1", "note": "x"})

    with translation.override("en"):
        add_refusal_of_lines(form, InvalidRequest("No.", param=param))

    assert form.non_field_errors() == [said]


def test_sentences_that_name_their_lines_say_no_number() -> None:
    form = Sample({"units": "1", "cap_units": "1", "note": "x"})
    lines = [ShortLine(line=2, sku="SKU-2", wanted=2, available=0)]

    with translation.override("en"):
        add_refusal_of_lines(form, InsufficientStock(lines))

    assert form.errors["units"] == ["Not enough stock: SKU-2 needs 2, 0 available."]


def test_one_object_asks_again_with_what_was_typed(manager: Client) -> None:
    stock = make_stock(10)

    answer = manager.post(f"/admin/inventory/channelstock/{stock.bucket.pk}/oversell-rule/", OVERSELL)

    form = answer.context["form"]
    assert answer.status_code == 200
    assert list(form.errors) == ["units"]
    assert {name: form[name].value() for name in ("units", "percent", "minutes")} == {
        "units": "5",
        "percent": "10",
        "minutes": "20",
    }
    assert list(get_messages(answer.wsgi_request)) == []
    assert not ChannelStock.objects.get(pk=stock.bucket.pk).oversell_enabled


def test_selected_rows_that_were_refused_stay_selected(manager: Client) -> None:
    plain, overselling = make_stock(10).bucket, make_stock(20).bucket
    ChannelStock.objects.filter(pk=overselling.pk).update(oversell_enabled=True, oversell_units=5)
    ids = [str(plain.pk), str(overselling.pk)]
    asked = {
        "action": "display_rule_action",
        ACTION_CHECKBOX_NAME: ids,
        "select_across": "0",
        "_answered": "1",
        "rule": "4",
        "units": "10",
    }

    answer = manager.post("/admin/inventory/channelstock/", asked)

    form = answer.context["form"]
    assert answer.context["selected"] == [str(plain.pk)]
    assert list(form.errors) == ["rule"]
    assert form.errors["rule"][0].startswith(f"{plain}: ")
    assert (form["rule"].value(), form["units"].value()) == ("4", "10")
    rules = dict(ChannelStock.objects.filter(pk__in=ids).values_list("pk", "display_rule"))
    assert rules == {plain.pk: None, overselling.pk: 4}
