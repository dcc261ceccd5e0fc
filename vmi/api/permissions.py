"""Who may call what: nobody, unless an action names its permission (default deny).

Staff need the permission the action maps to. Customers have no permissions at all; they may call the
actions a viewset lists for them and then see their own rows only.
"""

from typing import Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from vmi.accounts.roles import ROLES

CUSTOMER_ROLE = "customer"
STAFF_ROLES = frozenset(role.name for role in ROLES if role.name != CUSTOMER_ROLE)

_MODEL_VERBS = {
    "list": "view",
    "retrieve": "view",
    "create": "add",
    "update": "change",
    "partial_update": "change",
    "destroy": "delete",
}


def roles_of(user: Any) -> frozenset[str]:
    """The names of a user's roles; loaded with the token, or once by one query."""
    if not hasattr(user, "role_names"):
        user.role_names = frozenset(user.groups.values_list("name", flat=True)) if user.pk else frozenset()
    roles: frozenset[str] = user.role_names
    return roles


def is_customer(user: Any) -> bool:
    """Whether somebody is a member acting for themselves: the role ``customer`` and no role of staff."""
    roles = roles_of(user)
    return CUSTOMER_ROLE in roles and not roles & STAFF_ROLES and not user.is_superuser


def required_permission(view: Any) -> str | None:
    """The permission of the view's current action: mapped by the view, else the model's own; None refuses."""
    action = getattr(view, "action", None) or ""
    mapped = getattr(view, "permission_map", {}).get(action)
    if mapped:
        return str(mapped)
    handler = getattr(view, action, None) if action else None
    declared = getattr(handler, "command_permission", None)
    if declared:
        return str(declared)
    queryset = getattr(view, "queryset", None)
    if action in _MODEL_VERBS and queryset is not None:
        meta = queryset.model._meta
        return f"{meta.app_label}.{_MODEL_VERBS[action]}_{meta.model_name}"
    return None


def _has_no_handler(request: Request, view: Any) -> bool:
    """Whether the view will answer 405 anyway; nobody is refused something that does not exist."""
    actions = getattr(view, "action_map", None)
    return actions is not None and (request.method or "").lower() not in actions


class MappedPermission(BasePermission):
    """The default permission of every API view."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Anonymous callers get 401 from REST framework, others 403."""
        user = request.user
        if user is None or not user.is_authenticated:
            return False
        if _has_no_handler(request, view):
            return True
        if is_customer(user):
            return getattr(view, "action", None) in getattr(view, "customer_actions", ())
        permission = required_permission(view)
        return permission is not None and bool(user.has_perm(permission))


class SignedIn(BasePermission):
    """Anybody with a valid token, whatever the role."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Tell a token's owner from an anonymous caller."""
        return bool(request.user and request.user.is_authenticated)
