"""The chapter of people: one login for each role, and the shops' own staff."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from vmi.accounts.people import Login, ensure_user, first_password


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who works with the system."""

    username: str
    name: str
    role: str
    phone: str


LOGINS: Final = (
    Person("admin", "系统管理员", "namespace_admin", "13900000001"),
    Person("manager", "陈志远", "manager", "13900000002"),
    Person("clerk", "林小满", "clerk", "13900000003"),
    Person("finance", "周敏", "finance", "13900000004"),
    Person("warehouse", "赵大勇", "warehouse", "13900000005"),
    Person("store", "孙佳", "store_member", "13900000006"),
    Person("customer", "李雷", "customer", "13900000007"),
)
"""Those who can sign in, one per role; their first passwords are printed."""

CUSTOMER_LOGIN: Final = "customer"

STAFF: Final = (
    Person("zhang.manager", "张经理", "manager", "13900000101"),
    Person("zhang.assistant", "张助理", "clerk", "13900000102"),
    Person("li.manager", "李经理", "manager", "13900000201"),
    Person("li.assistant", "李助理", "clerk", "13900000202"),
    Person("wang.manager", "王经理", "manager", "13900000301"),
    Person("wang.assistant", "王助理", "clerk", "13900000302"),
    Person("quality", "质检部门", "warehouse", "13900000400"),
)
"""The operators and auditors of the sample documents; nobody can sign in as them."""


def load_people(joined: datetime) -> list[Login]:
    """Make them all; returns the logins that are new, with the passwords to be shown."""
    logins = []
    for person in LOGINS:
        password = first_password(person.username)
        if _make(person, password, joined):
            logins.append(Login(person.username, password))
    for person in STAFF:
        _make(person, None, joined)
    return logins


def _make(person: Person, password: str | None, joined: datetime) -> bool:
    _user, made = ensure_user(
        username=person.username,
        password=password,
        role=person.role,
        display_name=person.name,
        phone=person.phone,
        is_staff=person.role != "customer",
        joined=joined,
    )
    return made
