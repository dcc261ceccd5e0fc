"""System checks of pages that need no database: a check must also run on a machine that has none yet."""

from typing import Any

from django.apps import apps
from django.contrib.auth import get_permission_codename
from django.core import checks
from unfold.checks import UnfoldModelAdminChecks


class OfflineModelAdminChecks(UnfoldModelAdminChecks):
    """The theme's checks, with permissions of actions looked up in the models instead of the table."""

    def _check_unfold_action_permission_methods(self, obj: Any) -> list[checks.Error]:
        kinds = (obj.actions_list, obj.actions_detail, obj.actions_row, obj.actions_submit_line)
        methods = [getattr(obj, name, None) for kind in kinds for name in kind if isinstance(name, str)]
        wanted = {name for method in methods for name in getattr(method, "allowed_permissions", ()) if "." in name}
        return [
            checks.Error(f"An action asks for the unknown permission {name}.", obj=obj.__class__, id="admin.E129")
            for name in sorted(wanted - _declared_permissions())
        ]


def _declared_permissions() -> set[str]:
    """Every permission the models declare, as ``app.codename``."""
    declared = set()
    for model in apps.get_models(include_auto_created=True):
        options = model._meta
        codenames = [get_permission_codename(action, options) for action in options.default_permissions]
        codenames += [codename for codename, _name in options.permissions]
        declared |= {f"{options.app_label}.{codename}" for codename in codenames}
    return declared
