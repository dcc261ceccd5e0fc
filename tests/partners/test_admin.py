"""The member pages of the back office."""

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from partners.choices import PartnerStatus
from partners.models import Level, Partner
from tests.factories.credits import earn
from tests.factories.partners import make_partner
from tests.support.sql import statements
from vmi.events.models import Event

LIST = "/admin/partners/partner/"


@pytest.fixture
def browser(staff: Callable[..., Any], client_for: Callable[..., Any]) -> Any:
    return client_for(staff("manager"))


def form(**fields: Any) -> dict[str, Any]:
    return {"name": "王小明", "telephone": "", "wechat": "", "referer": "", "description": ""} | fields


def history(*entries: int) -> dict[str, Any]:
    """What the page posts for the history of the balance, which cannot be changed."""
    posted = {"credit_set-TOTAL_FORMS": len(entries), "credit_set-INITIAL_FORMS": len(entries)}
    return posted | {f"credit_set-{index}-id": pk for index, pk in enumerate(entries)}


def test_all_pages_open(browser: Any) -> None:
    partner = make_partner(telephone="13800138000", referer_code=make_partner().code)
    level = Level.objects.all()[0]
    pages = (
        LIST, f"{LIST}add/", f"{LIST}{partner.pk}/change/",
        f"{LIST}?q=1380&status=400&level__id__exact={partner.level_id}",
        "/admin/partners/level/", "/admin/partners/level/add/", f"/admin/partners/level/{level.pk}/change/",
    )  # fmt: skip

    for page in pages:
        assert browser.get(page).status_code == 200, page


def test_a_member_is_registered_and_changed_through_the_commands(browser: Any) -> None:
    assert browser.post(f"{LIST}add/", form(telephone="138-0013 8000")).status_code == 302
    partner = Partner.objects.get(name="王小明")
    assert (partner.telephone, partner.code[:4]) == ("13800138000", "MEM-")
    assert Event.objects.filter(type="partner.registered").count() == 1

    entry = earn(partner, amount="7.00")[0]
    body = form(name="新名", telephone="13800138000") | history(entry.pk)
    answer = browser.post(f"{LIST}{partner.pk}/change/", body)
    assert answer.status_code == 302, answer.context["errors"]
    partner.refresh_from_db()
    assert partner.name == "新名"
    last = Event.objects.filter(type="object.changed").latest("id")
    assert last.payload["changes"] == {"name": ["王小明", "新名"]}


def test_refusals_stay_on_the_form_and_write_nothing(browser: Any) -> None:
    one = make_partner()
    two = make_partner(referer_code=one.code)

    answer = browser.post(f"{LIST}{one.pk}/change/", form(name="x", referer=two.pk) | history())
    assert answer.status_code == 200
    assert browser.post(f"{LIST}add/", form(telephone="call me")).status_code == 200
    one.refresh_from_db()
    assert (one.referer_id, one.name != "x") == (None, True)
    assert Partner.objects.count() == 2


def test_actions_disable_and_enable(browser: Any) -> None:
    partners = [make_partner(), make_partner()]
    ids = [str(partner.pk) for partner in partners]

    browser.post(LIST, {"action": "disable", "_selected_action": ids})
    assert Partner.objects.filter(status_id=PartnerStatus.DISABLED).count() == 2
    page = reverse("admin:partners_partner_change", args=[partners[0].pk])
    assert browser.get(page).status_code == 200
    browser.post(f"{LIST}{ids[0]}/enable/")
    assert Partner.objects.filter(status_id=PartnerStatus.ENABLED).count() == 1


def test_a_clerk_may_edit_but_not_disable(staff: Callable[..., Any], client_for: Callable[..., Any]) -> None:
    partner = make_partner()
    clerk = client_for(staff("clerk"))

    assert clerk.get(f"{LIST}{partner.pk}/change/").status_code == 200
    clerk.post(LIST, {"action": "disable", "_selected_action": [str(partner.pk)]})
    partner.refresh_from_db()
    assert partner.is_enabled
    assert client_for(staff("warehouse")).get(LIST).status_code == 403


def test_the_export_holds_no_formula(browser: Any) -> None:
    partner = make_partner(name="=cmd|calc")

    answer = browser.post(LIST, {"action": "export_csv", "_selected_action": [str(partner.pk)]})

    text = answer.content.decode("utf-8-sig")
    assert "'=cmd|calc" in text
    assert partner.code in text
    assert "\n=cmd" not in text
    assert ",=cmd" not in text


def test_the_member_page_shows_the_history_of_the_balance(browser: Any) -> None:
    partner = make_partner()
    for _n in range(25):
        earn(partner, amount="7.00")

    page = browser.get(f"{LIST}{partner.pk}/change/").content.decode()

    assert "175" in page
    assert page.count("orderCredit") == 20


def test_a_name_is_escaped(browser: Any) -> None:
    partner = make_partner(name="<script>alert(1)</script>")

    for page in (LIST, f"{LIST}{partner.pk}/change/"):
        assert b"<script>alert(1)</script>" not in browser.get(page).content


def test_the_list_costs_the_same_for_any_number(browser: Any) -> None:
    make_partner()
    browser.get(LIST)
    with statements() as few:
        browser.get(LIST)
    for _n in range(10):
        make_partner(referer_code=Partner.objects.first().code)  # type: ignore[union-attr]
    with statements() as many:
        browser.get(LIST)

    assert len(few) == len(many)


def test_levels_are_changed_through_the_commands(browser: Any) -> None:
    gold = Level.objects.get(name="金卡会员")
    points = {"min_points": 5000, "max_points": 20000}
    body = {"name": "金卡会员", **points, "discount": "0.95", "sort": 3, "description": ""}

    assert browser.post(f"/admin/partners/level/{gold.pk}/change/", body).status_code == 302
    gold.refresh_from_db()
    assert gold.max_points == 20_000
    overlap = {**body, "name": "钻石会员", "min_points": 100, "max_points": 200}
    assert browser.post("/admin/partners/level/add/", overlap).status_code == 200
    assert Level.objects.count() == 3
    free = {**overlap, "min_points": 20000, "max_points": ""}
    assert browser.post("/admin/partners/level/add/", free).status_code == 302
    assert Level.objects.count() == 4
