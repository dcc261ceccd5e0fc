"""Roles as groups: who may do what, by patterns over permission names.

A role is a Django group of the same name; its permissions are those whose ``app.codename`` matches one
of its patterns. ``sync_roles()`` runs after the migration of each schema, when the permissions exist.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Final

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

BUSINESS_APPS: Final = ("partners", "catalog", "credits", "warehousing", "inventory", "stores", "orders", "payments")


@dataclass(frozen=True)
class Role:
    """One role: its group's ``name``, its ``title`` for people, where it exists and what it may do."""

    name: str
    title: str | Promise
    patterns: tuple[str, ...]
    platform: bool = False
    staff: bool = True
    """Whether its members may sign in to the back office."""


def _every(verb: str, *names: str) -> tuple[str, ...]:
    """Patterns such as ``orders.view_*`` for several apps."""
    return tuple(f"{name}.{verb}_*" for name in names)


ROLES: Final[tuple[Role, ...]] = (
    Role(
        "platform_operator",
        pgettext_lazy("role", "Platform operator"),
        ("namespaces.*", "statuses.view_*", "accounts.*", "auth.*", "django_celery_beat.*"),
        platform=True,
    ),
    Role(
        "namespace_admin",
        pgettext_lazy("role", "Namespace administrator"),
        (*(f"{name}.*" for name in BUSINESS_APPS), "accounts.*", "auth.*", "numbering.*", "events.*", "api.*"),
    ),
    Role(
        "manager",
        pgettext_lazy("role", "Manager"),
        (*(f"{name}.*" for name in BUSINESS_APPS), "accounts.view_*", "numbering.view_*", "events.view_*"),
    ),
    Role(
        "clerk",
        pgettext_lazy("role", "Clerk"),
        (
            *_every("view", *BUSINESS_APPS),
            *_every("add", "partners", "catalog", "orders", "stores"),
            *_every("change", "partners", "catalog", "orders", "stores"),
            "catalog.publish_*",
            "stores.submit_*",
            "stores.cancel_*",
            "stores.access_every_store",
            "orders.cancel_order",
            "orders.complete_order",
            "orders.request_return",
            "orders.export_order",
            "payments.add_payment",
            "inventory.add_reservation",
            "inventory.add_supplyline",
            "inventory.reschedule_supplyline",
        ),
    ),
    Role(
        "finance",
        pgettext_lazy("role", "Finance"),
        (
            *_every("view", *BUSINESS_APPS),
            "payments.*",
            "credits.*",
            "stores.access_every_store",
            "orders.export_order",
            "events.view_*",
        ),
    ),
    Role(
        "warehouse",
        pgettext_lazy("role", "Warehouse"),
        (
            *_every("view", "warehousing", "inventory", "stores", "catalog", "orders"),
            "warehousing.*",
            "inventory.lock_stock",
            "inventory.change_batch",
            "inventory.add_supplyline",
            "inventory.receive_supplyline",
            "inventory.reschedule_supplyline",
            "inventory.close_supplyline",
            "inventory.*stocktake",
            "inventory.decide_wmssnapshot",
            "stores.*stockin*",
            "stores.*stockout*",
            "stores.access_every_store",
            "orders.release_order",
            "orders.receive_return",
            "orders.inspect_return",
            "orders.reject_return",
        ),
    ),
    Role(
        "store_member",
        pgettext_lazy("role", "Store member"),
        (
            # Not the stock core: its rows belong to no store, so a member would see every merchant's (C-54).
            *_every("view", "stores", "catalog", "orders", "partners"),
            "stores.add_goods",
            "stores.change_goods",
            "stores.add_stockin",
            "stores.add_stockout",
            "stores.submit_*",
            # Their own, before they are approved: stores.selectors.may_change.
            "stores.change_stock*",
            "stores.cancel_stock*",
            "orders.add_order",
            "inventory.add_reservation",
            "partners.add_partner",
        ),
    ),
    Role("customer", pgettext_lazy("role", "Customer"), (), staff=False),
)
"""Every role; the platform's own exists in the platform's schema only, the others in namespaces."""


def roles_for(*, platform: bool) -> list[Role]:
    """The roles of the platform's schema or of a namespace."""
    return [role for role in ROLES if role.platform is platform]


def matching(permissions: Iterable[tuple[int, str]], patterns: Iterable[str]) -> set[int]:
    """The ids among ``(id, "app.codename")`` pairs that match one of the patterns."""
    wanted = tuple(patterns)
    return {pk for pk, name in permissions if any(fnmatchcase(name, pattern) for pattern in wanted)}


@transaction.atomic
def sync_roles(*, platform: bool) -> int:
    """Make the groups of the current schema equal to :data:`ROLES` and return how many there are.

    Permissions given by hand to a role are taken away again: a role means the same everywhere. Groups
    of other names are left alone. Needs the permissions of ``migrate`` to exist.
    """
    rows = Permission.objects.values_list("pk", "content_type__app_label", "codename")
    permissions = [(pk, f"{label}.{codename}") for pk, label, codename in rows]
    roles = roles_for(platform=platform)
    for role in roles:
        group, _created = Group.objects.get_or_create(name=role.name)
        group.permissions.set(matching(permissions, role.patterns))
    return len(roles)
