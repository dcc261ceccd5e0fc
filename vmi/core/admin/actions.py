"""Actions of the back office: confirmed by POST, checked for permission, done by a service."""

from collections.abc import Callable, Iterable, Sequence
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.db.models import Model
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from unfold.enums import ActionVariant

from vmi.core.admin.refusals import SENTENCES_MAX, add_refusal
from vmi.core.exceptions import Busy, DomainError
from vmi.core.retry import RETRYABLE_STATES, sqlstate_of, with_retries

ActionBody = Callable[..., Any]


def service_action(
    *,
    description: str | Promise,
    permission: str,
    when: Callable[[Any], bool] | None = None,
    icon: str | None = None,
    variant: ActionVariant = ActionVariant.DEFAULT,
    form: type[Form] | None = None,
) -> Callable[[ActionBody], Callable[..., HttpResponse | None]]:
    """Make a method ``(self, request, obj)`` an action for selected rows and for one object's page.

    The method calls one service; a DomainError becomes a message and nothing is written; an action with a form asks
    again instead, with what was typed and the refusal at its field. The method may return a sentence to show instead
    of the usual one. ``permission`` is ``app.codename``; ``when`` hides the
    button on objects it does not fit. Name the method in ``service_actions`` of the ModelAdmin.
    On an object's page the button leads to a question first: changes are made by POST only. ``form`` asks
    for more (a reason); its cleaned fields reach the method as keyword arguments. A form with a static method
    ``initial_of(obj)`` starts on an object's page with what that says.
    """

    def decorate(body: ActionBody) -> Callable[..., HttpResponse | None]:
        @wraps(body)
        def action(
            self: Any, request: HttpRequest, rows: Iterable[Model] | None = None, object_id: str | None = None
        ) -> HttpResponse | None:
            if not request.user.has_perm(permission):
                raise PermissionDenied
            if rows is not None:
                return _run_all(body, self, request, rows, description, form)
            return _run_one(body, self, request, object_id, description, form)

        action.short_description = capfirst(description)  # type: ignore[attr-defined, type-var]
        action.service_permission = permission  # type: ignore[attr-defined]
        action.available = when  # type: ignore[attr-defined]
        action.icon = icon  # type: ignore[attr-defined]
        action.variant = variant  # type: ignore[attr-defined]
        action.attrs = {}  # type: ignore[attr-defined]
        action.url_path = body.__name__.replace("_", "-")  # type: ignore[attr-defined]
        action.original_function_name = body.__name__  # type: ignore[attr-defined]
        return action

    return decorate


def _run_all(
    body: ActionBody,
    admin: Any,
    request: HttpRequest,
    rows: Iterable[Model],
    description: str | Promise,
    form_class: type[Form] | None,
) -> HttpResponse | None:
    """Run the action over the selected rows, each for itself, and say how many succeeded.

    Refused rows stay selected while the form asks again.
    """
    form = form_class(request.POST if "_answered" in request.POST else None) if form_class else None
    if form is not None and not form.is_valid():
        return _question(admin, request, None, description, form)

    done, refused = 0, []
    answers = dict(form.cleaned_data) if form else {}
    for obj in rows:
        try:
            _act(body, admin, request, obj, answers)
        except DomainError as error:
            refused.append(str(obj.pk))
            if form is None:
                messages.error(request, f"{obj}: {error}")
            else:
                add_refusal(form, error, about=obj)
        else:
            done += 1
    if done:
        messages.success(
            request, _("%(action)s: %(count)d done.") % {"action": capfirst(str(description)), "count": done}
        )
    return _question(admin, request, None, description, form, refused) if form and refused else None


def _act(body: ActionBody, admin: Any, request: HttpRequest, obj: Model, answers: dict[str, Any]) -> Any:
    """Call the service, again when its transaction fell victim to others; raises Busy when it goes on so."""
    try:
        return with_retries(lambda: body(admin, request, obj, **answers))
    except OperationalError as error:
        if sqlstate_of(error) in RETRYABLE_STATES:
            raise Busy from error
        raise


def _run_one(
    body: ActionBody,
    admin: Any,
    request: HttpRequest,
    object_id: str | None,
    description: str | Promise,
    form_class: type[Form] | None,
) -> HttpResponse:
    """Ask on GET, act on POST, return to the object's page."""
    obj = admin.get_object(request, object_id)
    if obj is None or not admin.has_view_permission(request, obj):
        raise Http404
    form = None
    if form_class:
        initial_of = getattr(form_class, "initial_of", lambda _obj: None)
        form = form_class(request.POST if request.method == "POST" else None, initial=initial_of(obj))
    if request.method != "POST" or (form is not None and not form.is_valid()):
        return _question(admin, request, obj, description, form)

    try:
        answer = _act(body, admin, request, obj, dict(form.cleaned_data) if form else {})
    except DomainError as error:
        if form is not None:
            add_refusal(form, error)
            return _question(admin, request, obj, description, form)
        for sentence in error.sentences[:SENTENCES_MAX]:
            messages.error(request, sentence)
    else:
        if isinstance(answer, HttpResponse):
            return answer
        done = _("%(action)s: done.") % {"action": capfirst(str(description))}
        messages.success(request, str(answer) if answer and not isinstance(answer, Model) else done)
    meta = admin.model._meta
    return redirect(f"{admin.admin_site.name}:{meta.app_label}_{meta.model_name}_change", obj.pk)


def _question(
    admin: Any,
    request: HttpRequest,
    obj: Model | None,
    description: str | Promise,
    form: Form | None,
    left: Sequence[str] | None = None,
) -> TemplateResponse:
    """The page that asks before the action runs; without ``obj`` it stands for the rows selected in the list.

    ``left``: of those, the ones still to be done.
    """
    context = {
        **admin.admin_site.each_context(request),
        "title": capfirst(str(description)),
        "object": obj,
        "form": form,
        "action_name": request.POST.get("action", ""),
        "selected": request.POST.getlist(ACTION_CHECKBOX_NAME) if left is None else left,
        "select_across": request.POST.get("select_across", "0") if left is None else "0",
        "opts": admin.model._meta,
        "media": admin.media,
    }
    return TemplateResponse(request, "admin/service_action.html", context)
