"""The scheduler's tables in the platform's back office, in its theme."""

from typing import Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from django_celery_beat.admin import CrontabScheduleAdmin as BeatCrontabAdmin
from django_celery_beat.admin import PeriodicTaskAdmin as BeatTaskAdmin
from django_celery_beat.admin import PeriodicTaskForm, TaskSelectWidget
from django_celery_beat.models import CrontabSchedule, IntervalSchedule, PeriodicTask
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from vmi.core.admin import ModelAdmin, platform_site

PeriodicTask._meta.get_field("task").verbose_name = _("task")  # the only column the scheduler's app does not translate


class _TaskSelect(UnfoldAdminSelectWidget, TaskSelectWidget):
    """The list of registered tasks, in the theme."""


class ThemedPeriodicTaskForm(PeriodicTaskForm):
    """The scheduler's form with the theme's widgets."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["task"].widget = UnfoldAdminTextInputWidget()
        self.fields["regtask"].widget = _TaskSelect()


@admin.register(PeriodicTask, site=platform_site)
class PeriodicTaskAdmin(BeatTaskAdmin, ModelAdmin):
    """What runs when. Switched off rather than deleted: beat would write a deleted one again."""

    form = ThemedPeriodicTaskForm
    list_display = ("name", "enabled", "planned", "start_time", "last_run_at", "one_off")

    @admin.display(description=_("schedule"))
    def planned(self, obj: PeriodicTask) -> str:
        """When it runs."""
        return str(obj.scheduler or "–")

    @admin.display(description=_("schedule in words"))
    def crontab_translation(self, obj: PeriodicTask) -> str:
        """The schedule of cron in words."""
        return str(obj.crontab.human_readable) if obj.crontab else "–"


@admin.register(IntervalSchedule, site=platform_site)
class IntervalScheduleAdmin(ModelAdmin):
    """Schedules of the form “every n minutes”."""

    list_display = ("__str__", "every", "period")


@admin.register(CrontabSchedule, site=platform_site)
class CrontabScheduleAdmin(BeatCrontabAdmin, ModelAdmin):
    """Schedules in the manner of cron."""

    list_display = ("minute", "hour", "day_of_month", "month_of_year", "day_of_week", "timezone")
    fields = list_display
    readonly_fields = ()
