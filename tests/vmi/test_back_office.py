"""The kit of the back office and the kernel's own pages in both sites."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.contrib.messages import get_messages
from django.db import connection

from vmi.accounts.models import User
from vmi.core.admin import namespace_site, platform_site
from vmi.core.admin.navigation import NAMESPACE_GROUPS, PLATFORM_GROUPS
from vmi.core.tenancy import run_in_namespace
from vmi.namespaces.choices import DeadReason
from vmi.namespaces.deadletters import put_aside
from vmi.namespaces.models import DeadLetter, Domain, Namespace
from vmi.numbering.models import NumberRule


@pytest.fixture
def root(client_for: Callable[..., Any], staff: Callable[..., Any]) -> Any:
    return client_for(staff(superuser=True))


@pytest.fixture
def platform(client_for: Callable[..., Any], staff: Callable[..., Any]) -> Any:
    """A platform operator, with that role's rights and no more."""
    with run_in_namespace("public"):
        return client_for(staff("platform_operator"), host="localhost")


def said(response: Any) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


def pages(site: Any) -> list[str]:
    return sorted(model._meta.label_lower for model in site._registry)


def test_the_two_sites_share_users_and_roles_only() -> None:
    assert set(pages(namespace_site)) & set(pages(platform_site)) == {"accounts.user", "auth.group"}


@pytest.mark.parametrize("label", pages(platform_site))
def test_every_list_and_form_of_the_platform_opens(label: str, client_for: Any, staff: Any) -> None:
    with run_in_namespace("public"):
        client = client_for(staff(superuser=True), host="localhost")
        app_label, name = label.split(".")
        model = next(model for model in platform_site._registry if model._meta.label_lower == label)
        first = model._default_manager.first()

    assert client.get(f"/admin/{app_label}/{name}/").status_code == 200
    assert client.get(f"/admin/{app_label}/{name}/add/").status_code in (200, 403)
    if first is not None:
        assert client.get(f"/admin/{app_label}/{name}/{first.pk}/change/").status_code == 200


@pytest.mark.parametrize("label", ["accounts.user", "auth.group", "numbering.numberrule", "numbering.numbercounter"])
def test_every_list_and_form_of_the_kernel_opens_in_a_namespace(label: str, root: Any) -> None:
    app_label, name = label.split(".")

    assert root.get(f"/admin/{app_label}/{name}/").status_code == 200


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_back_office_speaks_both_languages(root: Any, language: str) -> None:
    root.cookies["django_language"] = language

    assert f'<html lang="{language}"' in root.get("/admin/").content.decode()


def test_the_switch_changes_the_language_and_returns(root: Any) -> None:
    answer = root.post("/i18n/setlang/", {"language": "en", "next": "/admin/"})

    assert answer["Location"] == "/admin/"
    assert '<html lang="en"' in root.get("/admin/").content.decode()


def test_the_menu_names_existing_pages_only() -> None:
    named = {label for group in NAMESPACE_GROUPS for label, _icon in group.entries}
    assert named - set(pages(namespace_site)) == set()
    named = {label for group in PLATFORM_GROUPS for label, _icon in group.entries}
    assert named - set(pages(platform_site)) == set()


def test_the_menu_offers_what_the_person_may_open(client_for: Any, staff: Any) -> None:
    clerk = client_for(staff("clerk")).get("/admin/").content.decode()

    assert "/admin/orders/order/" in clerk
    assert "/admin/accounts/user/" not in clerk


def test_an_operator_opens_a_namespace(platform: Any, django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        response = platform.post(
            "/admin/namespaces/namespace/add/",
            {
                "schema_name": "gamma",
                "name": "Gamma",
                "domain": "Gamma.TestServer",
                "currency": "EUR",
                "time_zone": "Europe/Paris",
                "language": "en",
            },
        )

    assert response["Location"] == "/admin/namespaces/namespace/"
    with run_in_namespace("public"):
        gamma = Namespace.objects.get(schema_name="gamma")
        assert (gamma.state, gamma.opening_step, gamma.currency) == ("active", 5, "EUR")
        assert Domain.objects.get(tenant=gamma).domain == "gamma.testserver"
    assert "5/5" in platform.get("/admin/namespaces/namespace/").content.decode()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("schema_name", "alpha"),
        ("schema_name", "Not a name"),
        ("schema_name", "public"),
        ("domain", "alpha.testserver"),
        ("domain", "localhost"),
        ("currency", "yen"),
        ("time_zone", "Nowhere"),
        ("language", "xx"),
    ],
)
def test_a_refused_opening_names_the_field_and_writes_nothing(platform: Any, field: str, value: str) -> None:
    form = {
        "schema_name": "gamma",
        "name": "Gamma",
        "domain": "gamma.testserver",
        "currency": "EUR",
        "time_zone": "Europe/Paris",
        "language": "en",
    }

    response = platform.post("/admin/namespaces/namespace/add/", {**form, field: value})

    assert response.status_code == 200
    assert list(response.context["adminform"].form.errors) == [field]
    with run_in_namespace("public"):
        assert Namespace.objects.count() == 2


def beta_id() -> int:
    with run_in_namespace("public"):
        return int(Namespace.objects.get(schema_name="beta").pk)


def beta_state() -> str:
    with run_in_namespace("public"):
        return str(Namespace.objects.get(schema_name="beta").state)


def test_an_action_asks_first_and_acts_on_post_only(platform: Any) -> None:
    url = f"/admin/namespaces/namespace/{beta_id()}/suspend/"

    question = platform.get(url)
    assert question.status_code == 200
    assert b'method="post"' in question.content
    assert beta_state() == "active"

    done = platform.post(url)
    assert done["Location"] == f"/admin/namespaces/namespace/{beta_id()}/change/"
    assert beta_state() == "suspended"


def test_an_action_that_is_refused_says_why(platform: Any) -> None:
    response = platform.post(f"/admin/namespaces/namespace/{beta_id()}/continue-opening/")

    assert len(said(response)) == 1
    assert beta_state() == "active"


def test_an_action_needs_its_permission(platform: Any, staff: Any, client_for: Any) -> None:
    with run_in_namespace("public"):
        viewer = staff()
        viewer.user_permissions.add(Permission.objects.get(codename="view_namespace"))
        client = client_for(viewer, host="localhost")
    url = f"/admin/namespaces/namespace/{beta_id()}/"

    assert client.get(f"{url}change/").status_code == 200
    assert client.post(f"{url}suspend/").status_code == 403
    assert client.post(f"{url[: -len(str(beta_id())) - 1]}99999/suspend/").status_code == 403
    assert platform.post("/admin/namespaces/namespace/99999/suspend/").status_code == 404
    assert beta_state() == "active"


def test_only_buttons_that_fit_the_state_are_shown(platform: Any) -> None:
    page = platform.get(f"/admin/namespaces/namespace/{beta_id()}/change/").content.decode()

    assert "/suspend/" in page
    assert "/resume/" not in page


def test_selected_rows_are_handled_each_for_itself(platform: Any) -> None:
    with run_in_namespace("public"):
        Namespace.objects.filter(schema_name="alpha").update(state="failed")
        ids = list(Namespace.objects.values_list("pk", flat=True))

    response = platform.post(
        "/admin/namespaces/namespace/", {"action": "suspend", "_selected_action": ids, "select_across": 0}
    )

    with run_in_namespace("public"):
        assert dict(Namespace.objects.values_list("schema_name", "state")) == {"alpha": "failed", "beta": "suspended"}
    assert len(said(response)) == 2


def test_a_dead_letter_is_sent_again_from_its_page(platform: Any) -> None:
    put_aside(task="vmi.events.sweep", schema="alpha", reason=DeadReason.INACTIVE, args=[], kwargs={})
    with run_in_namespace("public"):
        letter = DeadLetter.objects.get()

    platform.post(f"/admin/namespaces/deadletter/{letter.pk}/retry/")

    with run_in_namespace("public"):
        letter.refresh_from_db()
        assert letter.resolved_time is not None
        assert DeadLetter.objects.count() == 1


def test_nothing_of_the_platform_is_deleted_or_edited_that_must_stay(client_for: Any, staff: Any) -> None:
    with run_in_namespace("public"):
        client = client_for(staff(superuser=True), host="localhost")

    assert client.post(f"/admin/namespaces/namespace/{beta_id()}/delete/", {"post": "yes"}).status_code == 403
    assert client.post("/admin/statuses/status/1/change/", {"name": "x"}).status_code == 403
    assert client.get("/admin/statuses/status/add/").status_code == 403


def test_a_number_rule_is_edited_and_the_change_is_logged(root: Any) -> None:
    from vmi.events.models import Event

    rule = NumberRule.objects.get(kind="order")

    root.post(f"/admin/numbering/numberrule/{rule.pk}/change/", {"prefix": "SO", "period": "month", "width": "8"})

    rule.refresh_from_db()
    assert (rule.kind, rule.prefix, rule.period, rule.width) == ("order", "SO", "month", 8)
    event = Event.objects.latest("id")
    assert event.subject == f"numbering.numberrule:{rule.pk}"


@pytest.mark.parametrize(
    "form", [{"prefix": "so"}, {"prefix": "MEM"}, {"width": "3"}, {"width": "13"}, {"period": "week"}]
)
def test_a_number_rule_that_cannot_work_is_refused(root: Any, form: dict[str, str]) -> None:
    rule = NumberRule.objects.get(kind="order")

    response = root.post(
        f"/admin/numbering/numberrule/{rule.pk}/change/", {"prefix": "ORD", "period": "day", "width": "6", **form}
    )

    assert list(response.context["adminform"].form.errors) == list(form)
    rule.refresh_from_db()
    assert (rule.prefix, rule.period, rule.width) == ("ORD", "day", 6)


def user_form(user: User, **changes: Any) -> dict[str, Any]:
    return {"username": user.username, "display_name": "", "phone": "", "email": "", "is_active": "on", **changes}


def test_a_namespace_admin_cannot_become_or_touch_a_superuser(client_for: Any, staff: Any) -> None:
    admin = staff("namespace_admin")
    boss = staff(superuser=True)
    client = client_for(admin)

    client.post(f"/admin/accounts/user/{admin.pk}/change/", user_form(admin, is_staff="on", is_superuser="on"))
    answer = client.post(f"/admin/accounts/user/{boss.pk}/change/", user_form(boss, username="taken"))

    admin.refresh_from_db()
    boss.refresh_from_db()
    assert (admin.is_superuser, boss.is_superuser) == (False, True)
    assert answer.status_code == 403
    assert boss.username != "taken"
    assert client.get(f"/admin/accounts/user/{boss.pk}/password/").status_code == 403


def test_nobody_edits_the_machine_or_a_role_of_the_product(root: Any) -> None:
    assert root.post("/admin/accounts/user/1/change/", user_form(User.objects.get(pk=1))).status_code == 403
    from django.contrib.auth.models import Group

    clerk = Group.objects.get(name="clerk")
    assert root.post(f"/admin/auth/group/{clerk.pk}/change/", {"name": "x"}).status_code == 403


def test_a_change_of_a_user_is_logged_without_the_password(root: Any, staff: Any) -> None:
    from vmi.events.models import Event

    user = staff("clerk")

    root.post(f"/admin/accounts/user/{user.pk}/change/", user_form(user, is_staff="on", display_name="安娜"))

    event = Event.objects.latest("id")
    assert event.subject == f"accounts.user:{user.pk}"
    assert "password" not in str(event.payload)
    assert "安娜" in str(event.payload) or "安娜" in str(event.changes)


def test_signing_out_everywhere(root: Any, staff: Any) -> None:
    user = staff("clerk")

    root.post(f"/admin/accounts/user/{user.pk}/sign-out-everywhere/")

    user.refresh_from_db()
    assert user.token_version == 1


def test_a_namespace_session_opens_nothing_on_the_platform(root: Any, client_for: Any) -> None:
    outside = client_for(host="localhost")
    outside.cookies["sessionid"] = root.cookies["sessionid"].value

    assert outside.get("/admin/")["Location"] == "/admin/login/?next=/admin/"
    assert connection.schema_name == "alpha"
