"""Commands as endpoints: ``POST …/{id}/<verb>/`` = body serializer → service → answer serializer."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any, Literal

from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

Body = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Contract:
    """What a command takes and answers; the OpenAPI document is written from it."""

    request: type[Any] | None
    response: type[Any] | None
    many: bool
    status: int


def command(
    *,
    permission: str | None = None,
    detail: bool = True,
    request: type[Any] | None = None,
    response: type[Any] | None = None,
    idempotent: bool = False,
    many: bool = False,
    status: int = 200,
    path: str | None = None,
    methods: Sequence[Literal["post", "put", "patch", "delete"]] = ("post",),
) -> Callable[[Body], Callable[..., Response]]:
    """Make a viewset method an endpoint that runs one command.

    With ``detail`` the method is ``def approve(self, obj, data)``: ``obj`` is the object the caller may
    see (else 404), ``data`` the validated body, an empty dict without a ``request`` serializer. Otherwise
    it is ``def verb(self, data)``. What it returns is written by ``response`` (default: the viewset's
    serializer; None re-reads the object); ``many`` for a list.

    ``permission`` is what staff need (``stores.approve_stockin``); customers need the action's name in
    ``customer_actions``. ``idempotent`` makes the header Idempotency-Key mandatory. The path is the
    method's name with dashes unless ``path`` is given.
    """

    def decorate(body: Body) -> Callable[..., Response]:
        @wraps(body)
        def endpoint(self: Any, http_request: Request, *args: Any, **kwargs: Any) -> Response:
            data = _validated(self, request, http_request)
            if detail:
                result = body(self, self.get_object(), data)
                result = self.get_object() if result is None else result
            else:
                result = body(self, data)
            return _answer(self, result, response, many=many, status=status)

        endpoint.command_permission = permission  # type: ignore[attr-defined]
        endpoint.idempotent = idempotent  # type: ignore[attr-defined]
        endpoint.contract = Contract(request, response, many, status)  # type: ignore[attr-defined]
        url_path = path or body.__name__.replace("_", "-")
        decorated: Callable[..., Response] = action(
            detail=detail, methods=list(methods), url_path=url_path, url_name=body.__name__.replace("_", "-")
        )(endpoint)
        return decorated

    return decorate


def _validated(view: Any, serializer_class: type[Any] | None, http_request: Request) -> dict[str, Any]:
    from vmi.api.serializers import CamelSerializer

    serializer = (serializer_class or CamelSerializer)(data=http_request.data, context=view.get_serializer_context())
    serializer.is_valid(raise_exception=True)
    data: dict[str, Any] = dict(serializer.validated_data)
    return data


def _answer(view: Any, result: Any, response: type[Any] | None, *, many: bool, status: int) -> Response:
    if status == 204:
        return Response(status=204)
    context = view.get_serializer_context()
    serializer_class = response or view.get_serializer_class()
    return Response(serializer_class(result, many=many, context=context).data, status=status)
