"""Users and roles, in both back offices; each shows the users of its own schema."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from vmi.accounts.models import User
from vmi.accounts.roles import ROLES
from vmi.core.actors import SYSTEM_USER_ID
from vmi.core.admin import ModelAdmin, namespace_site, platform_site, service_action
from vmi.core.audit import audit, snapshot

ROLE_TITLES = {role.name: role.title for role in ROLES}


@admin.register(User, site=namespace_site)
@admin.register(User, site=platform_site)
class UserAdmin(DjangoUserAdmin, ModelAdmin):
    """People with access; they are switched off, never deleted, because what they did stays.

    Only a superuser may make superusers or touch one: a role that edits users must not be a way up.
    """

    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    list_display = ("username", "display_name", "phone", "roles", "is_staff", "is_active", "last_login")
    list_filter = ("is_active", "is_staff", "groups")
    search_fields = ("username", "display_name", "phone", "email")
    ordering = ("id",)
    filter_horizontal = ("groups",)
    readonly_fields = ("last_login", "date_joined")
    service_actions = ("sign_out_everywhere",)
    fieldsets = (
        (None, {"fields": ("username", "password", "display_name", "phone", "email")}),
        (_("Access"), {"fields": ("is_active", "is_staff", "is_superuser", "groups")}),
        (_("Times"), {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = (
        (None, {"fields": ("username", "display_name", "phone", "usable_password", "password1", "password2")}),
        (_("Access"), {"fields": ("is_staff", "groups")}),
    )

    @admin.display(description=_("roles"))
    def roles(self, obj: User) -> str:
        """The titles of the person's roles."""
        names = [group.name for group in obj.groups.all()]
        return ", ".join(str(ROLE_TITLES.get(name, name)) for name in names)

    @service_action(description=_("Sign out everywhere"), permission="accounts.change_user", icon="logout")
    def sign_out_everywhere(self, request: HttpRequest, obj: User) -> None:
        """Make all tokens of the person worthless."""
        obj.revoke_tokens()

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        """With the roles, in two statements whatever the number of rows."""
        return super().get_queryset(request).prefetch_related("groups")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The machine's user and, for others than superusers, superusers are only looked at."""
        if obj is not None and (obj.pk == SYSTEM_USER_ID or (obj.is_superuser and not request.user.is_superuser)):
            return False
        return bool(super().has_change_permission(request, obj))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[Any, ...]:
        """Superuser status is given by superusers only."""
        fields = tuple(super().get_readonly_fields(request, obj))
        return fields if request.user.is_superuser else (*fields, "is_superuser")

    @transaction.atomic
    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Save and record; the password never enters the log."""
        before = snapshot(User.objects.get(pk=obj.pk)) if change else {}
        super().save_model(request, obj, form, change)
        audit(obj, before, snapshot(obj), actor=self.actor(request))


@admin.register(Group, site=namespace_site)
@admin.register(Group, site=platform_site)
class RoleAdmin(DjangoGroupAdmin, ModelAdmin):  # type: ignore[misc]
    """Roles as groups. The product's own roles are shown only: migrations keep them the same everywhere."""

    list_display = ("title", "name", "people")
    filter_horizontal = ("permissions",)

    @admin.display(description=_("role"), ordering="name")
    def title(self, obj: Group) -> str:
        """The role's name for people."""
        return str(ROLE_TITLES.get(obj.name, obj.name))

    @admin.display(description=_("people"))
    def people(self, obj: Any) -> int:
        """How many users have the role."""
        return int(obj.people)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Group]:
        """With the number of users."""
        return super().get_queryset(request).annotate(people=Count("user"))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Groups made by hand may be changed, roles of the product may not."""
        if obj is not None and obj.name in ROLE_TITLES:
            return False
        return bool(super().has_change_permission(request, obj))
