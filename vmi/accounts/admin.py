"""Users and roles, in both back offices; each shows the users of its own schema."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm
from unfold.widgets import UnfoldAdminSelect2MultipleWidget

from vmi.accounts.models import User
from vmi.accounts.permissions import permission_name, subject_of, verb_of
from vmi.accounts.roles import ROLES
from vmi.core.actors import SYSTEM_USER_ID
from vmi.core.admin import ModelAdmin, namespace_site, platform_site, service_action
from vmi.core.audit import audit, snapshot

ROLE_TITLES = {role.name: role.title for role in ROLES}


def role_title(group: Group) -> str:
    """The role's name for people; a group made by hand has only its own."""
    return str(ROLE_TITLES.get(group.name, group.name))


class Titled:
    """A group that calls itself by its role's title: what the page's heading shows."""

    def __init__(self, group: Group) -> None:
        self._group = group

    def __getattr__(self, name: str) -> Any:
        return getattr(self._group, name)

    def __str__(self) -> str:
        return role_title(self._group)


class RoleFilter(admin.SimpleListFilter):
    """People with one role, by the roles' titles."""

    title = _("role")
    parameter_name = "role"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Every role there is here."""
        return [(str(group.pk), role_title(group)) for group in Group.objects.order_by("id")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> QuerySet[User]:
        """People with the chosen role."""
        chosen = self.value() or ""
        return queryset.filter(groups=int(chosen)) if chosen.isdecimal() else queryset


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
    list_filter = ("is_active", "is_staff", RoleFilter)
    search_fields = ("username", "display_name", "phone", "email")
    ordering = ("id",)
    filter_horizontal = ()
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
        return ", ".join(role_title(group) for group in obj.groups.all())

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Offer the roles by their titles."""
        field: Any = super().formfield_for_manytomany(db_field, request, **kwargs)
        if db_field.name == "groups":
            field.label_from_instance = role_title
            field.widget = UnfoldAdminSelect2MultipleWidget(choices=field.choices)
            field.help_text = ""  # Django's speaks of keys to hold down, which this box does not need
        return field

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
class RoleAdmin(DjangoGroupAdmin, ModelAdmin):
    """Roles as groups. The product's own roles are shown only: migrations keep them the same everywhere."""

    list_display = ("title", "people")
    filter_horizontal = ("permissions",)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """A role of the product is read as a table of rights, one made by hand is put together from permissions."""
        fields = (
            ("title", "people", "rights") if obj is not None and obj.name in ROLE_TITLES else ("name", "permissions")
        )
        return ((None, {"fields": fields}),)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[Any, ...]:
        """What the table shows is computed."""
        return (*super().get_readonly_fields(request, obj), "title", "people", "rights")

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest | None = None, **kwargs: Any) -> Any:
        """Offer the permissions by their names in the reader's language."""
        field: Any = super().formfield_for_manytomany(db_field, request, **kwargs)
        if db_field.name == "permissions":
            field.label_from_instance = permission_name
        return field

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        """Headed by the role's title."""
        if (group := context.get("original")) is not None:
            context["original"] = Titled(group)
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.display(description=_("rights"))
    def rights(self, obj: Group) -> SafeString:
        """What the role may do, by subject."""
        found: dict[str, list[str]] = {}
        for permission in obj.permissions.select_related("content_type").order_by("content_type", "id"):
            found.setdefault(subject_of(permission), []).append(verb_of(permission))
        return format_html_join(
            "", '<p class="mb-1"><b>{}</b>: {}</p>', ((subject, ", ".join(verbs)) for subject, verbs in found.items())
        )

    @admin.display(description=_("role"), ordering="name")
    def title(self, obj: Group) -> str:
        """The role's name for people."""
        return role_title(obj)

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
