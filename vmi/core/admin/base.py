"""Base classes of the back office's pages."""

from typing import Any, ClassVar, cast

from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.auth.models import AbstractBaseUser
from django.db import connection, models, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from unfold.admin import ModelAdmin as UnfoldModelAdmin
from unfold.admin import StackedInline as UnfoldStackedInline
from unfold.admin import TabularInline as UnfoldTabularInline
from unfold.dataclasses import UnfoldAction

from vmi.core import clock
from vmi.core.actors import Actor, user_actor
from vmi.core.admin.checks import OfflineModelAdminChecks
from vmi.core.admin.history import history_of
from vmi.core.admin.refusals import add_refusal_of_lines
from vmi.core.audit import audit, snapshot
from vmi.core.exceptions import DomainError
from vmi.core.tenancy import PUBLIC_SCHEMA

TRACKED_FIELDS = ("creater", "create_time", "modify_time")


class ModelAdmin(UnfoldModelAdmin):
    """A page for one model: bounded lists, no deletion, actions through services.

    ``service_actions`` names methods made by ``service_action``; they appear for selected rows and on
    the object's page; those of an ``action_group`` (title, icon, names) share one button there. ``source_type`` and
    ``source_field`` say how other documents refer to the objects (:mod:`vmi.core.admin.sources`). ``deletable`` opens
    deletion for the rare model that allows it. Fields that are not editable (states, numbers, balances) are shown
    read-only when a page lists them.
    """

    checks_class = OfflineModelAdminChecks
    service_actions: ClassVar[tuple[str, ...]] = ()
    action_group: ClassVar[tuple[str | Promise, str, tuple[str, ...]] | None] = None
    source_type: ClassVar[str] = ""
    source_field: ClassVar[str] = "sn"
    deletable: ClassVar[bool] = False
    list_per_page = 50
    list_max_show_all = 200
    show_full_result_count = False
    list_filter_submit = True
    warn_unsaved_form = True

    def __init__(self, model: type[models.Model], admin_site: Any) -> None:
        self.actions: Any = (*(self.actions or ()), *self.service_actions)
        self.actions_detail: Any = (*self.actions_detail, *_grouped(self.service_actions, self.action_group))
        super().__init__(model, admin_site)

    def actor(self, request: HttpRequest) -> Actor:
        """The signed-in person as the author of a command."""
        return user_actor(cast("AbstractBaseUser", request.user))

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """A refusal of a service is shown on the form with everything typed in; nothing was written."""
        try:
            return super().changeform_view(request, *args, **kwargs)
        except DomainError as error:
            request.refusal = error  # type: ignore[attr-defined]
            return super().changeform_view(request, *args, **kwargs)

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """What the event log says about the object; the platform, which has no log, shows Django's own history."""
        if connection.schema_name == PUBLIC_SCHEMA:
            return super().history_view(request, object_id, extra_context)
        obj = self.get_object(request, object_id)
        if obj is None or not self.has_view_or_change_permission(request, obj):
            raise Http404
        context = {
            **self.admin_site.each_context(request),
            "title": _("History"),
            "subtitle": str(obj),
            "object": obj,
            "opts": self.opts,
            "rows": history_of(self, obj),
            **(extra_context or {}),
        }
        return TemplateResponse(request, "admin/event_history.html", context)

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """The list; an address with a NUL, which no text of the database has, is refused like any senseless filter."""
        if any("\0" in value for _name, values in request.GET.lists() for value in values):
            raise IncorrectLookupParameters
        return super().get_changelist_instance(request)

    def get_form(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """The page's form; after a refusal it carries the refusal as its error."""
        form_class = super().get_form(request, *args, **kwargs)
        refusal = getattr(request, "refusal", None)
        return form_class if refusal is None else _refused(form_class, refusal)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Documents and ledgers stay; a model must ask to be deletable."""
        return self.deletable and bool(super().has_delete_permission(request, obj))

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Offer only the actions this person may run."""
        actions = super().get_actions(request)
        return {name: entry for name, entry in actions.items() if _permitted(entry[0], request)}

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[UnfoldAction]:
        """Offer only the buttons this person may press and that fit the object's state."""
        actions = [
            action for action in super().get_actions_detail(request, object_id) if _permitted(action.method, request)
        ]
        if not any(getattr(action.method, "available", None) for action in actions):
            return actions
        obj = self.get_object(request, str(object_id))
        return [action for action in actions if obj is None or _fits(action.method, obj)]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[Any, ...]:
        """The declared fields plus every non-editable one a fieldset names (states above all)."""
        declared = tuple(super().get_readonly_fields(request, obj))
        named = _named_fields(self.fields, self.fieldsets)
        locked = [field.name for field in self.opts.concrete_fields if not field.editable and not field.primary_key]
        return (*declared, *(name for name in locked if name in named and name not in declared))


class ReadOnlyAdmin(ModelAdmin):
    """A page that only shows: ledgers, events, statuses, messages."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Rows come from services."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Rows never change by hand."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Rows never go."""
        return False


class TrackedAdmin(ModelAdmin):
    """A page for master data: stamps creater and times, records each change in the event log (S000-34).

    Override :meth:`create_object` or :meth:`update_object` to call a service instead of a plain save.
    """

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[Any, ...]:
        """The common fields are set by the system (S000-5); a new object has none to show yet."""
        declared = super().get_readonly_fields(request, obj)
        if obj is None:
            return declared
        return (*declared, *(name for name in TRACKED_FIELDS if name not in declared))

    @transaction.atomic
    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Stamp, save and record, in one transaction."""
        actor, now = self.actor(request), clock.now()
        before = snapshot(self.model._base_manager.get(pk=obj.pk)) if change else {}
        obj.modify_time = now
        if change:
            self.update_object(request, obj, form, actor)
        else:
            obj.creater_id, obj.create_time = actor.user_id, now
            self.create_object(request, obj, form, actor)
        audit(obj, before, snapshot(obj), actor=actor)

    def create_object(self, request: HttpRequest, obj: Any, form: Any, actor: Actor) -> None:
        """Store a new object; the hook for a service."""
        super().save_model(request, obj, form, False)

    def update_object(self, request: HttpRequest, obj: Any, form: Any, actor: Actor) -> None:
        """Store a changed object; the hook for a service."""
        super().save_model(request, obj, form, True)


class TabularInline(UnfoldTabularInline):
    """Lines of an object as a table, without deletion and without empty extra rows."""

    extra = 0
    hide_title = True
    can_delete = False
    show_change_link = False


class StackedInline(UnfoldStackedInline):
    """Parts of an object one below the other."""

    extra = 0
    can_delete = False


def _refused(form_class: Any, refusal: DomainError) -> Any:
    """A form that is never valid and says why."""

    class RefusedForm(form_class):
        def clean(self) -> Any:
            cleaned = super().clean()
            add_refusal_of_lines(self, refusal)
            return cleaned

    return RefusedForm


def _permitted(method: Any, request: HttpRequest) -> bool:
    permission = getattr(method, "service_permission", None)
    return permission is None or bool(request.user.has_perm(permission))


def _fits(method: Any, obj: models.Model) -> bool:
    available = getattr(method, "available", None)
    return available is None or bool(available(obj))


def _grouped(names: tuple[str, ...], group: tuple[str | Promise, str, tuple[str, ...]] | None) -> list[Any]:
    """The buttons of a page: single ones, then those that open from one button together."""
    if group is None:
        return list(names)
    title, icon, members = group
    single = [name for name in names if name not in members]
    return [*single, {"title": title, "icon": icon, "items": [name for name in names if name in members]}]


def _named_fields(fields: Any, fieldsets: Any) -> set[str]:
    """Every field name a page lists, however nested."""
    named: set[str] = set()
    rows = [*(fields or ()), *(name for _title, options in fieldsets or () for name in options.get("fields", ()))]
    for row in rows:
        named.update(row if isinstance(row, (list, tuple)) else (row,))
    return named
