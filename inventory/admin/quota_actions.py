"""Actions that change quotas: asked by a form, shown before and after, then confirmed."""

from collections.abc import Callable, Sequence
from typing import Any

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inventory.admin.quota_forms import GrantForm
from inventory.choices import Purpose
from inventory.models import Channel, ChannelStock, LogicalStock
from inventory.services.quota import grant_quota, move_quota, return_quota
from inventory.services.quota_lines import Effect, Line, QuotaLine, QuotaReturn, Target
from inventory.services.simulate import simulate
from vmi.core.admin import service_action
from vmi.core.sources import Source
from vmi.numbering.services import next_number

CONFIRMED = "_confirmed"
MOVE = "inventory.move_quota"


def preview_or_run(
    page: Any, request: HttpRequest, obj: Any, *, lines: Sequence[Line], reason: str, form: type[Form], title: Any
) -> HttpResponse | str:
    """Show what the lines would do; once that was confirmed, do it and say so."""
    if CONFIRMED not in request.POST:
        return _preview(page, request, obj, lines, form, title)
    run: Callable[..., list[Effect]] = move_quota
    if isinstance(lines[0], QuotaLine):
        run = grant_quota
    elif isinstance(lines[0], QuotaReturn):
        run = return_quota
    source = Source("quota", next_number("quota"))
    effects = run(lines=lines, source=source, actor=page.actor(request), reason=reason)
    return _("%(count)d quotas changed (%(number)s).") % {"count": len(effects), "number": source.sn}


def _preview(
    page: Any, request: HttpRequest, obj: Any, lines: Sequence[Line], form: type[Form], title: Any
) -> TemplateResponse:
    """The page of before and after, which asks for the confirmation."""
    found = simulate(lines=lines, actor=page.actor(request))
    codes = dict(Channel.objects.values_list("pk", "name"))
    filled = form(request.POST)
    for field in filled.fields.values():
        field.widget = field.hidden_widget()
    context = {
        **page.admin_site.each_context(request),
        "title": capfirst(str(title)),
        "object": obj,
        "opts": page.model._meta,
        "form": filled,
        "confirmed": CONFIRMED,
        "buckets": [
            {
                "effect": effect,
                "channel": codes.get(effect.channel_id or 0) or _("shared"),
                "unsold": effect.bucket_id in found.unsold,
            }
            for effect in found.buckets
        ],
        "channels": found.channels,
    }
    return TemplateResponse(request, "admin/inventory/quota_preview.html", context)


class GrantAction:
    """The action of a logical row that gives units to a pool or a channel."""

    @service_action(description=gettext_lazy("grant quota"), permission=MOVE, form=GrantForm, icon="add_shopping_cart")
    def grant_quota(
        self,
        request: HttpRequest,
        obj: LogicalStock,
        *,
        units: int | None,
        percent: int | None,
        source: str,
        purpose: Purpose,
        channel: Channel | None,
        reason: str,
    ) -> HttpResponse | str:
        """Give units of the row to a pool or a channel."""
        shared = None
        if source == "shared" and percent is None:
            rows = ChannelStock.objects.filter(pool__logical=obj, pool__purpose=Purpose.NORMAL, channel=None)
            shared = rows.values_list("pk", flat=True).first()
        line = QuotaLine(
            1, obj.pk, Target(purpose, channel.pk if channel else None), units, percent, from_bucket_id=shared
        )
        return preview_or_run(
            self, request, obj, lines=[line], reason=reason, form=GrantForm, title=gettext_lazy("grant quota")
        )
