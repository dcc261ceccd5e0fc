"""The first person of a fresh namespace: made by the platform, able to sign in and to make the others."""

import re
from collections.abc import Callable
from io import StringIO
from typing import Any
from unittest.mock import Mock

import pytest
from django.contrib.messages import get_messages
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import translation

from vmi.accounts.models import User
from vmi.core.actors import system_actor
from vmi.core.tenancy import run_in_namespace
from vmi.events.models import Event
from vmi.namespaces import administrators
from vmi.namespaces.administrators import make_administrator
from vmi.namespaces.exceptions import AdministratorKnown, NamespaceStateConflict
from vmi.namespaces.models import Namespace


@pytest.fixture
def platform(client_for: Callable[..., Any], staff: Callable[..., Any]) -> Any:
    """A platform operator, with that role's rights and no more."""
    with run_in_namespace("public"):
        return client_for(staff("platform_operator"), host="localhost")


@pytest.fixture
def on_platform(db: None) -> None:
    connection.set_schema_to_public()


def users_of(schema: str) -> set[str]:
    with run_in_namespace(schema):
        return set(User.objects.values_list("username", flat=True))


@pytest.mark.usefixtures("on_platform")
def test_an_administrator_signs_in_and_is_in_one_namespace_only(client: Any) -> None:
    login = make_administrator(schema_name="alpha", actor=system_actor())

    with run_in_namespace("alpha"):
        user = User.objects.get(username="admin")
        assert user.check_password(login.password)
        assert (user.is_staff, user.is_superuser) == (True, False)
        assert list(user.groups.values_list("name", flat=True)) == ["namespace_admin"]
        assert user.has_perm("accounts.add_user")
    assert "admin" not in users_of("beta") | users_of("public")
    form = {"username": "admin", "password": login.password, "next": "/admin/"}
    answer = client.post("/admin/login/", form, headers={"host": "alpha.testserver"})
    assert (answer.status_code, answer["Location"]) == (302, "/admin/")


@pytest.mark.usefixtures("on_platform")
def test_the_namespaces_own_log_tells_who_made_the_administrator_but_not_the_password() -> None:
    login = make_administrator(schema_name="alpha", actor=system_actor("somebody"))

    with run_in_namespace("alpha"):
        event = Event.objects.latest("id")
        assert event.actor_label == "platform:somebody"
        assert event.payload["model"] == "accounts.user"
        assert event.payload["changes"]["username"][-1] == "admin"
        assert "password" not in event.payload["changes"]
        assert login.password not in str(event.payload)


@pytest.mark.usefixtures("on_platform")
def test_a_name_in_use_keeps_its_password() -> None:
    first = make_administrator(schema_name="alpha", actor=system_actor())
    with run_in_namespace("alpha"):
        events = Event.objects.count()

    with translation.override("en"), pytest.raises(AdministratorKnown, match="There is a user admin already"):
        make_administrator(schema_name="alpha", actor=system_actor())

    with run_in_namespace("alpha"):
        assert User.objects.get(username="admin").check_password(first.password)
        assert Event.objects.count() == events


@pytest.mark.usefixtures("on_platform")
@pytest.mark.parametrize("values", [{"state": "suspended"}, {"state": "opening"}, {"schema_version": "older"}])
def test_a_namespace_that_is_not_open_gets_no_administrator(values: dict[str, str]) -> None:
    Namespace.objects.filter(schema_name="alpha").update(**values)

    with pytest.raises(NamespaceStateConflict):
        make_administrator(schema_name="alpha", actor=system_actor())

    assert "admin" not in users_of("alpha")


def test_the_platforms_back_office_makes_an_administrator_and_shows_the_password_once(platform: Any) -> None:
    platform.cookies["django_language"] = "en"
    with run_in_namespace("public"):
        pk = Namespace.objects.get(schema_name="alpha").pk

    answer = platform.post(f"/admin/namespaces/namespace/{pk}/add-administrator/", {"username": "boss"})

    said = " ".join(str(message) for message in get_messages(answer.wsgi_request))
    found = re.search(r"boss signs in at alpha\.testserver with the password (\S+), shown only now", said)
    assert found is not None, said
    with run_in_namespace("alpha"):
        assert User.objects.get(username="boss").check_password(found[1])


def test_a_known_name_is_refused_at_its_field(platform: Any) -> None:
    platform.cookies["django_language"] = "en"
    with run_in_namespace("public"):
        pk = Namespace.objects.get(schema_name="alpha").pk
    url = f"/admin/namespaces/namespace/{pk}/add-administrator/"
    platform.post(url, {"username": "boss"})
    known = users_of("alpha")

    answer = platform.post(url, {"username": "boss"})

    assert "There is a user boss already; choose another name." in answer.content.decode()
    assert users_of("alpha") == known


@pytest.mark.usefixtures("on_platform")
def test_the_command_prints_the_login_and_refuses_what_cannot_be() -> None:
    out = StringIO()
    call_command("make_administrator", "alpha", "--username", "boss", stdout=out)

    found = re.fullmatch(r"boss / (\S+)   \(shown only now; signs in at alpha\.testserver\)\n", out.getvalue())
    assert found is not None
    with run_in_namespace("alpha"):
        assert User.objects.get(username="boss").check_password(found[1])
    for words, reason in (
        (("alpha", "--username", "boss"), "There is a user boss already"),
        (("nowhere",), "There is no namespace nowhere"),
        (("alpha", "--username", "no blanks"), "Enter a valid username"),
    ):
        with translation.override("en"), pytest.raises(CommandError, match=reason):
            call_command("make_administrator", *words, stdout=StringIO())


@pytest.mark.usefixtures("on_platform")
def test_nobody_is_made_whose_password_nobody_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(administrators, "audit", Mock(side_effect=RuntimeError("no log")))
    with pytest.raises(RuntimeError, match="no log"):
        make_administrator(schema_name="alpha", actor=system_actor())

    assert "admin" not in users_of("alpha")
