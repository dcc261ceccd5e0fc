"""Base viewsets: reading, writing through services, commands; customers see their own rows only.

A resource is three lines: queryset, serializer, filterset. Whatever writes runs with retries for
deadlocks and, where asked for, under an idempotency key.
"""

from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar

from django.db import models, transaction
from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _
from rest_framework import mixins, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from vmi.api.auth import claims_of
from vmi.api.commands import command
from vmi.api.filters import StrictFilterBackend
from vmi.api.idempotency import KeyInProgress, read_key, run_once
from vmi.api.pagination import CursorPages
from vmi.api.permissions import is_customer
from vmi.core import clock
from vmi.core.actors import Actor, user_actor
from vmi.core.audit import audit, snapshot
from vmi.core.exceptions import InvalidRequest, NotAllowed
from vmi.core.models import TrackedModel
from vmi.core.retry import with_retries

__all__ = ["ApiViewSet", "CrudViewSet", "DestroyMixin", "IdempotentMixin", "ReadViewSet", "command"]

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
PAGE_PARAMETERS = frozenset({"cursor", "pageSize", "ordering"})


class UnknownParameter(InvalidRequest):
    """A query parameter nobody reads; a typo would otherwise return the unfiltered list."""

    code = "unknown_parameter"
    default_message = _("This parameter is unknown.")


class ApiViewSet(viewsets.GenericViewSet[Any]):
    """What all viewsets share.

    ``permission_map`` maps an action to ``app.permission`` (default: the model's own; anything else is
    denied). ``customer_actions`` lists what members may call; they then see ``customer_queryset``.
    ``idempotent_actions`` need the header Idempotency-Key. ``query_parameters`` names further query
    parameters per action.
    """

    permission_map: ClassVar[dict[str, str]] = {}
    customer_actions: ClassVar[set[str] | frozenset[str]] = frozenset()
    idempotent_actions: ClassVar[set[str] | frozenset[str]] = frozenset()
    query_parameters: ClassVar[dict[str, frozenset[str] | set[str]]] = {}
    ordering_fields: ClassVar[tuple[str, ...]] = ()
    filterset_class: Any = None
    filter_backends = (StrictFilterBackend,)
    pagination_class = CursorPages
    metadata_class = None
    http_method_names = ["get", "post", "put", "patch", "delete", "head"]

    @property
    def actor(self) -> Actor:
        """The caller as the author of a command."""
        user: Any = self.request.user
        return user_actor(user, customer=is_customer(user))

    @property
    def partner_id(self) -> int | None:
        """The member behind the caller: from the token, else from the user; None for staff."""
        token: Any = self.request.auth
        user: Any = self.request.user
        found = token.get("pid") if token is not None else claims_of(user).get("pid")
        return int(found) if found is not None else None

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """REST framework's dispatch with the handler run by :meth:`execute`."""
        self.args, self.kwargs = args, kwargs
        self.request = self.initialize_request(request, *args, **kwargs)
        self.headers = self.default_response_headers
        response: HttpResponseBase
        try:
            self.initial(self.request, *args, **kwargs)
            response = self.execute(partial(self._handler(), self.request, *args, **kwargs))
        except Exception as exc:  # noqa: BLE001 - the hook of REST framework decides what becomes of it
            response = self.handle_exception(exc)
        self.response = self.finalize_response(self.request, response, *args, **kwargs)  # type: ignore[arg-type]
        return self.response

    def _handler(self) -> Callable[..., HttpResponseBase]:
        method = (self.request.method or "").lower()
        if method not in self.http_method_names:
            return self.http_method_not_allowed
        handler: Callable[..., HttpResponseBase] = getattr(self, method, self.http_method_not_allowed)
        return handler

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """After authentication and permission: no query parameter that nobody reads."""
        super().initial(request, *args, **kwargs)
        known = self.known_parameters()
        for name in request.query_params:
            if name not in known:
                raise UnknownParameter(param=name[:100])

    def known_parameters(self) -> frozenset[str]:
        """The query parameters of the current action."""
        extra = frozenset(self.query_parameters.get(self.action or "", ()))
        if self.action != "list":
            return extra
        filters = frozenset(self.filterset_class.base_filters) if self.filterset_class else frozenset()
        return PAGE_PARAMETERS | filters | extra

    @classmethod
    def needs_key(cls, action: str) -> bool:
        """Whether an action requires the header Idempotency-Key."""
        return action in cls.idempotent_actions or bool(getattr(getattr(cls, action, None), "idempotent", False))

    def execute(self, handler: Callable[[], HttpResponseBase]) -> HttpResponseBase:
        """Run a handler: writing ones with retries, and under the call's idempotency key if it has one."""
        if self.request.method in SAFE_METHODS:
            return handler()
        key = read_key(self.request, required=self.needs_key(self.action or ""))
        if key is None:
            return with_retries(handler)
        return with_retries(lambda: run_once(self.request, key, handler, self.answer_again))

    def answer_again(self, note: str) -> HttpResponseBase:
        """The answer of a call whose effect stands but whose answer was lost; ``note`` is its claim's.

        For viewsets that hand claims on; the others have none.
        """
        raise KeyInProgress

    def get_queryset(self) -> QuerySet[Any]:
        """All rows for staff, their own for customers."""
        queryset = super().get_queryset()
        if getattr(self, "swagger_fake_view", False) or not is_customer(self.request.user):
            return queryset
        partner_id = self.partner_id
        return queryset.none() if partner_id is None else self.customer_queryset(queryset, partner_id)

    def customer_queryset(self, qs: QuerySet[Any], partner_id: int) -> QuerySet[Any]:
        """The rows of one member. A viewset with ``customer_actions`` overrides this; the default denies."""
        raise NotAllowed


class ReadViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ApiViewSet):
    """A list and single objects."""


class CrudViewSet(mixins.CreateModelMixin, mixins.UpdateModelMixin, ReadViewSet):
    """Reading, adding and changing; deletion only with DestroyMixin.

    Override ``create_object`` and ``update_object`` to call a service; the defaults store plain
    master data with its author and an event of what changed.
    """

    @transaction.atomic
    def perform_create(self, serializer: Any) -> None:
        """Create the object from validated data."""
        serializer.instance = self.create_object(dict(serializer.validated_data))

    @transaction.atomic
    def perform_update(self, serializer: Any) -> None:
        """Change the object from validated data."""
        serializer.instance = self.update_object(serializer.instance, dict(serializer.validated_data))

    def create_object(self, data: dict[str, Any]) -> models.Model:
        """Store a new row of master data; ``data`` has the model's field names."""
        instance = self.get_queryset().model(**data)
        if isinstance(instance, TrackedModel):
            instance.creater_id = self.actor.user_id
            instance.create_time = instance.modify_time = clock.now()
        instance.save(force_insert=True)
        audit(instance, {}, snapshot(instance), actor=self.actor)
        return instance

    def update_object(self, instance: models.Model, data: dict[str, Any]) -> models.Model:
        """Change the given fields of a row of master data."""
        before = snapshot(instance)
        for name, value in data.items():
            setattr(instance, name, value)
        changed = list(data)
        if isinstance(instance, TrackedModel):
            instance.modify_time = clock.now()
            changed.append("modify_time")
        instance.save(update_fields=changed)
        audit(instance, before, snapshot(instance), actor=self.actor)
        return instance


class DestroyMixin:
    """Deletion, for the rare resource that allows it; override ``destroy_object`` to call a service."""

    get_object: Callable[[], Any]

    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Delete one object."""
        with transaction.atomic():
            self.destroy_object(self.get_object())
        return Response(status=204)

    def destroy_object(self, instance: Any) -> None:
        """Delete the row; PROTECT answers 409 ``in_use``."""
        instance.delete()


class IdempotentMixin:
    """Requires the header Idempotency-Key on ``create``."""

    idempotent_actions: ClassVar[set[str] | frozenset[str]] = frozenset({"create"})
