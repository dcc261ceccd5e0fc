"""Users, roles and signing in to the back offices."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.models import Group, Permission
from django.db import connection
from django.test import RequestFactory

from vmi.accounts import login_guard
from vmi.accounts.models import User
from vmi.accounts.roles import ROLES, matching, roles_for, sync_roles
from vmi.core.tenancy import run_in_namespace


def test_the_system_user_is_the_first_of_every_schema_and_may_not_sign_in() -> None:
    for schema in ("public", "template", "alpha", "beta"):
        with run_in_namespace(schema):
            system = User.objects.get(pk=1)
            assert (system.username, system.is_active, system.has_usable_password()) == ("system", False, False)
            assert authenticate(RequestFactory().get("/"), username="system", password="!") is None


def test_each_schema_has_its_own_roles() -> None:
    namespace_roles = [role.name for role in roles_for(platform=False)]

    assert sorted(Group.objects.values_list("name", flat=True)) == sorted(namespace_roles)
    assert len(namespace_roles) == 7
    with run_in_namespace("public"):
        assert list(Group.objects.values_list("name", flat=True)) == ["platform_operator"]


def codenames(role: str) -> set[str]:
    rows = Permission.objects.filter(group__name=role).values_list("content_type__app_label", "codename")
    return {f"{label}.{codename}" for label, codename in rows}


def test_what_roles_may_do() -> None:
    assert codenames("customer") == set()
    assert {"accounts.change_user", "numbering.change_numberrule", "orders.view_order"} <= codenames("namespace_admin")
    assert "accounts.change_user" not in codenames("manager")
    assert {"stores.approve_stockin", "orders.view_order"} <= codenames("manager")
    assert "stores.approve_stockin" not in codenames("clerk")
    assert "stores.approve_stockin" not in codenames("store_member")
    assert "payments.confirm_offline_payment" in codenames("finance")
    assert "inventory.adjust_stock" in codenames("manager")
    assert "inventory.adjust_stock" not in codenames("warehouse")
    assert not any(name.startswith(("accounts.", "auth.")) for name in codenames("warehouse"))
    assert not any(
        name.startswith("namespaces.") for role in roles_for(platform=False) for name in codenames(role.name)
    )
    with run_in_namespace("public"):
        assert {"namespaces.suspend_namespace", "statuses.view_status"} <= codenames("platform_operator")
        assert not any(name.startswith(("orders.", "partners.")) for name in codenames("platform_operator"))


def test_every_pattern_of_every_role_still_means_something() -> None:
    names = {
        f"{label}.{codename}"
        for label, codename in Permission.objects.values_list("content_type__app_label", "codename")
    }
    pairs = list(enumerate(sorted(names)))

    dead = [(role.name, pattern) for role in ROLES for pattern in role.patterns if not matching(pairs, [pattern])]

    assert dead == []


def test_synchronising_takes_back_what_was_given_by_hand_and_leaves_other_groups() -> None:
    clerk = Group.objects.get(name="clerk")
    before = codenames("clerk")
    clerk.permissions.add(Permission.objects.get(codename="change_user", content_type__app_label="accounts"))
    own = Group.objects.create(name="night shift")
    own.permissions.add(Permission.objects.get(codename="view_user", content_type__app_label="accounts"))

    assert sync_roles(platform=False) == 7

    assert codenames("clerk") == before
    assert codenames("night shift") == {"accounts.view_user"}


def test_equal_ids_are_different_people_in_two_namespaces(in_beta: Callable[[], AbstractContextManager[None]]) -> None:
    ours = User.objects.create_user("ann", pk=5000)
    with in_beta():
        theirs = User.objects.create_user("bob", pk=5000)

    assert ours.pk == theirs.pk
    assert User.objects.get(pk=5000).username == "ann"
    assert not User.objects.filter(username="bob").exists()


def test_a_new_password_makes_old_tokens_worthless_and_a_rehash_does_not(staff: Callable[..., Any]) -> None:
    user = staff()
    assert user.token_version == 0

    user.set_password("another horse battery")
    user.save(update_fields=["password"])
    assert User.objects.get(pk=user.pk).token_version == 1

    user.set_password("another horse battery")
    user._password = None  # what the hasher's upgrade does at sign-in
    user.save(update_fields=["password"])
    assert User.objects.get(pk=user.pk).token_version == 1

    user.revoke_tokens()
    assert (user.token_version, User.objects.get(pk=user.pk).token_version) == (2, 2)


def test_the_shown_name_falls_back_to_the_login() -> None:
    assert User(username="ann").get_full_name() == "ann"
    assert User(username="ann", display_name="安娜").get_full_name() == "安娜"


def sign_in(client: Any, password: str, username: str = "ann") -> Any:
    return client.post("/admin/login/?next=/admin/", {"username": username, "password": password})


@pytest.fixture
def ann(staff: Callable[..., Any]) -> Any:
    return staff("clerk", username="ann")


def test_staff_sign_in_and_customers_do_not(
    ann: Any, staff: Callable[..., Any], client_for: Callable[..., Any]
) -> None:
    staff("customer", username="cus")

    assert sign_in(client_for(), "correct horse battery")["Location"] == "/admin/"
    assert sign_in(client_for(), "correct horse battery", "cus").status_code == 200
    assert sign_in(client_for(host="beta.testserver"), "correct horse battery").status_code == 200


def test_guessing_is_braked_even_for_the_right_password(ann: Any, client_for: Callable[..., Any]) -> None:
    client = client_for()
    for _ in range(login_guard.FAILURES_PER_NAME_AND_ADDRESS_MAX):
        assert sign_in(client, "wrong").status_code == 200

    answer = sign_in(client, "correct horse battery")

    assert answer.status_code == 200
    assert answer.context["form"].non_field_errors().as_data()[0].code == "too_many_attempts"
    assert "_auth_user_id" not in client.session


def test_the_brake_is_of_one_namespace_and_is_released_by_success(ann: Any, client_for: Callable[..., Any]) -> None:
    client = client_for()
    for _ in range(login_guard.FAILURES_PER_NAME_AND_ADDRESS_MAX - 1):
        sign_in(client, "wrong")
    assert sign_in(client, "correct horse battery").status_code == 302
    assert sign_in(client_for(), "wrong").status_code == 200
    assert sign_in(client_for(), "correct horse battery").status_code == 302

    for _ in range(login_guard.FAILURES_PER_NAME_AND_ADDRESS_MAX):
        sign_in(client_for(), "wrong")
    with run_in_namespace("beta"):
        User.objects.create_user("ann", password="correct horse battery", is_staff=True)
    assert sign_in(client_for(), "correct horse battery").status_code == 200
    assert sign_in(client_for(host="beta.testserver"), "correct horse battery").status_code == 302


def test_the_connection_stays_in_the_namespace_of_the_test(client_for: Callable[..., Any]) -> None:
    client_for(host="beta.testserver").get("/admin/login/")

    assert connection.schema_name == "alpha"
