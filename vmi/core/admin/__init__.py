"""The back office's kit: two sites, three base classes, actions that call services.

Business apps write ``@admin.register(Model, site=namespace_site)`` on a subclass of :class:`ModelAdmin`,
:class:`TrackedAdmin` or :class:`ReadOnlyAdmin`, and expose commands through :func:`service_action`.
"""

from vmi.core.admin import first_steps
from vmi.core.admin.actions import service_action
from vmi.core.admin.base import ModelAdmin, ReadOnlyAdmin, StackedInline, TabularInline, TrackedAdmin
from vmi.core.admin.columns import status_badge, status_column
from vmi.core.admin.sites import namespace_site, platform_site

__all__ = [
    "ModelAdmin",
    "ReadOnlyAdmin",
    "StackedInline",
    "TabularInline",
    "TrackedAdmin",
    "namespace_site",
    "platform_site",
    "service_action",
    "status_badge",
    "status_column",
]

first_steps.register()
