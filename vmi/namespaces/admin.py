"""Namespaces, hosts, dead letters and jobs in the platform's back office."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.text import capfirst
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _
from unfold.enums import ActionVariant

from vmi.core.admin import ModelAdmin, ReadOnlyAdmin, TabularInline, platform_site, service_action
from vmi.core.admin.columns import choice_column
from vmi.namespaces import dashboard, deadletters, schedules, services
from vmi.namespaces.administrators import make_administrator, primary_host
from vmi.namespaces.choices import NamespaceState, OpeningStep
from vmi.namespaces.forms import AdministratorForm, OpenNamespaceForm, TimeZoneField
from vmi.namespaces.models import DeadLetter, Domain, JobRun, Namespace
from vmi.namespaces.selectors import is_current
from vmi.namespaces.tasks import start_opening

__all__ = ["schedules"]  # its registrations belong to this back office, too


class DomainInline(TabularInline):
    """The hosts of a namespace."""

    model = Domain
    fields = ("domain", "is_primary")


@admin.register(Namespace, site=platform_site)
class NamespaceAdmin(ModelAdmin):
    """Opens, watches, suspends and resumes namespaces; never deletes one."""

    list_display = ("schema_name", "name", "shown_state", "progress", "is_up_to_date", "currency", "sweepers_paused")
    list_filter = ("state", "sweepers_paused")
    search_fields = ("schema_name", "name", "domains__domain")
    list_before_template = "admin/namespaces/opening.html"
    inlines = (DomainInline,)
    service_actions = ("continue_opening", "add_administrator", "suspend", "resume", "pause_jobs", "resume_jobs")
    readonly_fields = ("schema_name", "shown_state", "progress", "is_up_to_date", "create_time")
    add_fieldsets = ((None, {"fields": ("schema_name", "name", "domain", "currency", "time_zone", "language")}),)
    fieldsets = (
        (None, {"fields": ("schema_name", "name", "currency", "time_zone", "language")}),
        (
            _("Options"),
            {
                "fields": (
                    "cart_hold_minutes",
                    "order_hold_minutes",
                    "oversell_hold_minutes",
                    "near_expiry_days",
                    "sweepers_paused",
                )
            },
        ),
        (
            _("State"),
            {"fields": ("shown_state", "progress", "problem", "is_up_to_date", "create_time", "active_since")},
        ),
    )

    shown_state = choice_column("state", dashboard.COLOURS, description=_("state"))

    @admin.display(description=_("progress"))
    def progress(self, obj: Namespace) -> str:
        """How far the opening has come."""
        return f"{obj.opening_step}/{int(OpeningStep.CHECKED)} {obj.get_opening_step_display()}"

    @admin.display(description=_("up to date"), boolean=True)
    def is_up_to_date(self, obj: Namespace) -> bool:
        """Whether its tables are those of this code."""
        return is_current(obj)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """A new namespace is opened through its own form; language is a choice on both pages."""
        if obj is None:
            kwargs["form"] = OpenNamespaceForm
        return super().get_form(request, obj, change, **kwargs)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """A time zone is chosen, not spelled."""
        if db_field.name == "time_zone":
            return TimeZoneField(label=capfirst(db_field.verbose_name), initial=db_field.default)
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[Any, ...]:
        """Once it exists, name of the schema and currency stay: amounts are stored without one."""
        return (*super().get_readonly_fields(request, obj), "currency") if obj is not None else ()

    def get_inlines(self, request: HttpRequest, obj: Any = None) -> Any:
        """Hosts are added once the namespace exists."""
        return self.inlines if obj is not None else ()

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """A new one is registered by the service and opened in the background."""
        if change:
            super().save_model(request, obj, form, change)
            return
        values = form.cleaned_data
        namespace = services.register_namespace(
            schema_name=obj.schema_name,
            name=obj.name,
            domain=values["domain"],
            currency=obj.currency,
            time_zone=obj.time_zone,
            language=obj.language,
        )
        obj.pk = namespace.pk
        start_opening(namespace)

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> HttpResponse:
        """Back to the list, where the progress shows."""
        messages.info(request, __("The namespace %(name)s is being opened.") % {"name": obj.schema_name})
        messages.info(request, __("Once it is active, make its first administrator on its page."))
        return redirect(f"{self.admin_site.name}:namespaces_namespace_changelist")

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Tell the page to look again while an opening is under way."""
        opening = Namespace.objects.filter(state=NamespaceState.OPENING).exists()
        return super().changelist_view(request, {**(extra_context or {}), "opening": opening})

    @service_action(
        description=_("Continue opening"),
        permission="namespaces.open_namespace",
        when=lambda obj: obj.state in (NamespaceState.FAILED, NamespaceState.OPENING),
        icon="play_arrow",
    )
    def continue_opening(self, request: HttpRequest, obj: Namespace) -> str:
        """Send the opening to the workers again."""
        services.reopen(schema_name=obj.schema_name)
        start_opening(obj)
        return __("The namespace %(name)s is being opened.") % {"name": obj.schema_name}

    @service_action(
        description=_("Make an administrator"),
        permission="namespaces.open_namespace",
        when=lambda obj: obj.state == NamespaceState.ACTIVE,
        icon="person_add",
        form=AdministratorForm,
    )
    def add_administrator(self, request: HttpRequest, obj: Namespace, *, username: str) -> str:
        """Somebody who can sign in there and make the others; the password is shown this once."""
        login = make_administrator(schema_name=obj.schema_name, username=username, actor=self.actor(request))
        return __("%(name)s signs in at %(host)s with the password %(password)s, shown only now.") % {
            "name": login.username,
            "host": primary_host(obj.schema_name),
            "password": login.password,
        }

    @service_action(
        description=_("Suspend"),
        permission="namespaces.suspend_namespace",
        when=lambda obj: obj.state == NamespaceState.ACTIVE,
        icon="pause",
        variant=ActionVariant.DANGER,
    )
    def suspend(self, request: HttpRequest, obj: Namespace) -> None:
        """Close it to requests and jobs."""
        services.suspend_namespace(schema_name=obj.schema_name)

    @service_action(
        description=_("Resume"),
        permission="namespaces.suspend_namespace",
        when=lambda obj: obj.state == NamespaceState.SUSPENDED,
        icon="play_arrow",
    )
    def resume(self, request: HttpRequest, obj: Namespace) -> None:
        """Let it answer again."""
        services.resume_namespace(schema_name=obj.schema_name)

    @service_action(
        description=_("Pause periodic jobs"),
        permission="namespaces.change_namespace",
        when=lambda obj: not obj.sweepers_paused,
        icon="timer_pause",
    )
    def pause_jobs(self, request: HttpRequest, obj: Namespace) -> None:
        """Stop its periodic jobs."""
        services.pause_sweepers(schema_name=obj.schema_name, paused=True)

    @service_action(
        description=_("Resume periodic jobs"),
        permission="namespaces.change_namespace",
        when=lambda obj: obj.sweepers_paused,
        icon="timer_play",
    )
    def resume_jobs(self, request: HttpRequest, obj: Namespace) -> None:
        """Start its periodic jobs again."""
        services.pause_sweepers(schema_name=obj.schema_name, paused=False)


@admin.register(Domain, site=platform_site)
class DomainAdmin(ReadOnlyAdmin):
    """Every host name and whose it is; edited on the namespace's page."""

    list_display = ("domain", "tenant", "is_primary")
    list_select_related = ("tenant",)
    search_fields = ("domain", "tenant__schema_name")


@admin.register(DeadLetter, site=platform_site)
class DeadLetterAdmin(ReadOnlyAdmin):
    """Messages that were refused or failed too often."""

    list_display = ("task", "schema_name", "reason", "count", "last_time", "resolution")
    list_filter = ("reason", ("resolved_time", admin.EmptyFieldListFilter))
    search_fields = ("task", "schema_name", "error")
    service_actions = ("retry", "discard")

    @service_action(
        description=_("Send again"),
        permission="namespaces.retry_deadletter",
        when=lambda obj: obj.resolved_time is None,
        icon="replay",
    )
    def retry(self, request: HttpRequest, obj: DeadLetter) -> None:
        """Send the message again."""
        deadletters.retry(letter_id=obj.pk, actor=self.actor(request))

    @service_action(
        description=_("Discard"),
        permission="namespaces.retry_deadletter",
        when=lambda obj: obj.resolved_time is None,
        icon="delete",
        variant=ActionVariant.DANGER,
    )
    def discard(self, request: HttpRequest, obj: DeadLetter) -> None:
        """Close the message without running it."""
        deadletters.discard(letter_id=obj.pk, actor=self.actor(request))


@admin.register(JobRun, site=platform_site)
class JobRunAdmin(ReadOnlyAdmin):
    """When each periodic job last ran in each namespace, and how it went."""

    list_display = ("job", "schema_name", "started_time", "succeeded_time", "period_s", "failures")
    list_filter = ("job", "schema_name")
    search_fields = ("job", "schema_name")


dashboard.register()
