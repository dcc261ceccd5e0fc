"""Background jobs and namespaces: a task runs inside its namespace or not at all (reliability finding 2).

``NamespaceTask`` is the base of every business task. The message names its namespace in a header;
a message without one, or for a namespace that is unknown, not active or not on this code's version,
is put aside as a dead letter and its body never runs.
"""

import logging
from collections.abc import Mapping, Sequence
from typing import Any, Final

from celery import current_app, shared_task
from celery.exceptions import Ignore
from django.core.cache import cache
from django.db import connection, transaction
from kombu.exceptions import OperationalError as BrokerDown
from tenant_schemas_celery.task import TenantTask

from vmi.core import clock
from vmi.core.tenancy import PUBLIC_SCHEMA, on_commit_in_namespace, run_in_namespace
from vmi.namespaces.choices import DeadReason
from vmi.namespaces.deadletters import put_aside
from vmi.namespaces.jobs import beat
from vmi.namespaces.models import Namespace
from vmi.namespaces.selectors import FAN_OUT_TASK, active_schemas, find_namespace, is_current

logger = logging.getLogger(__name__)

SCHEMA_HEADER: Final = "_schema_name"
"""The header the transport fills in from the connection that sends."""

PERIOD_HEADER: Final = "_sweep_period_s"
"""Marks a message of the periodic fan-out: it is not retried (the next one comes), and its run is a heartbeat."""

TRIES_MAX: Final = 5
"""How often a message is tried before it is put aside (J05)."""

RETRY_DELAY_S: Final = 5
"""Wait before the second try; doubled for each further one."""

DELIVERIES_TTL_S: Final = 24 * 3600


class Rejected(Ignore):
    """The message was put aside; carries why."""

    def __init__(self, reason: DeadReason) -> None:
        self.reason = reason
        super().__init__(str(reason))


class NamespaceTask(TenantTask):
    """A task of a namespace: entered, checked, counted, retried and at last put aside by this base.

    Bodies take ids, call one service and need to be idempotent: a message may arrive more than once.
    """

    abstract = True
    max_retries = TRIES_MAX - 1

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run the body inside the message's namespace, or put the message aside."""
        if self.request.called_directly:
            return self._run_here(*args, **kwargs)
        schema = str(self._header(SCHEMA_HEADER) or "")
        namespace = self._admitted(schema, args, kwargs)
        period_s = int(self._header(PERIOD_HEADER) or 0)
        if period_s and namespace.sweepers_paused:
            return None
        self._count_delivery(schema, args, kwargs)
        before = connection.tenant
        connection.set_tenant(namespace)
        try:
            return self._sweep(period_s, args, kwargs) if period_s else self._run_or_retry(schema, args, kwargs)
        finally:
            connection.set_tenant(before)

    def _run_here(self, *args: Any, **kwargs: Any) -> Any:
        """A plain call, from a test or another task: the caller's namespace, never the platform."""
        if connection.schema_name == PUBLIC_SCHEMA:
            raise Rejected(DeadReason.NO_NAMESPACE)
        return self.run(*args, **kwargs)

    def _header(self, name: str) -> Any:
        """A header of the message; brokers differ in where they leave it."""
        headers = self.request.headers or {}
        return headers.get(name) or self.request.get(name)

    def _admitted(self, schema: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Namespace:
        """The namespace, read now; a message that may not run is put aside and Rejected is raised."""
        namespace = find_namespace(schema) if schema not in ("", PUBLIC_SCHEMA) else None
        reason = _refusal(schema, namespace)
        if reason is not None or namespace is None:
            self._put_aside(schema, reason or DeadReason.UNKNOWN, args, kwargs)
            raise Rejected(reason or DeadReason.UNKNOWN)
        return namespace

    def _count_delivery(self, schema: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> None:
        """A message that keeps killing its worker comes back without an error to count; count arrivals instead."""
        if not (self.request.delivery_info or {}).get("redelivered"):
            return
        with run_in_namespace(PUBLIC_SCHEMA):
            key = f"deliveries:{self.request.id}"
            cache.add(key, 1, DELIVERIES_TTL_S)
            deliveries = cache.incr(key)
        if deliveries > TRIES_MAX:
            self._put_aside(schema, DeadReason.EXHAUSTED, args, kwargs, f"delivered {deliveries} times")
            raise Rejected(DeadReason.EXHAUSTED)

    def _run_or_retry(self, schema: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        try:
            return self.run(*args, **kwargs)
        except Ignore:
            raise
        except Exception as error:
            if self.request.is_eager:
                raise
            if self.request.retries >= self.max_retries:
                logger.exception("%s failed for good in %s", self.name, schema)
                self._put_aside(schema, DeadReason.EXHAUSTED, args, kwargs, f"{type(error).__name__}: {error}")
                raise Rejected(DeadReason.EXHAUSTED) from error
            delay_s = RETRY_DELAY_S * 2**self.request.retries
            raise self.retry(exc=error, countdown=delay_s, headers={SCHEMA_HEADER: schema}) from error

    def _sweep(self, period_s: int, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        """One run of a periodic job, with its heartbeat."""
        schema, started = connection.schema_name, clock.now()
        try:
            result = self.run(*args, **kwargs)
        except Exception as error:
            beat(schema, self.name, period_s=period_s, started=started, error=f"{type(error).__name__}: {error}")
            raise
        beat(schema, self.name, period_s=period_s, started=started)
        return result

    def _put_aside(
        self, schema: str, reason: DeadReason, args: Sequence[Any], kwargs: Mapping[str, Any], error: str = ""
    ) -> None:
        logger.error("message %s for namespace %r put aside: %s", self.name, schema, reason)
        put_aside(task=self.name, schema=schema, reason=reason, args=args, kwargs=kwargs, error=error)


def _refusal(schema: str, namespace: Namespace | None) -> DeadReason | None:
    """Why a message for this namespace may not run; None when it may."""
    if schema in ("", PUBLIC_SCHEMA):
        return DeadReason.NO_NAMESPACE
    if namespace is None:
        return DeadReason.UNKNOWN
    if not namespace.is_active:
        return DeadReason.INACTIVE
    return None if is_current(namespace) else DeadReason.OLD_SCHEMA


def send_to_namespace(
    task_name: str,
    schema: str,
    *,
    args: Sequence[Any] = (),
    kwargs: Mapping[str, Any] | None = None,
    headers: Mapping[str, Any] | None = None,
    **options: Any,
) -> None:
    """Send a task to a namespace by name, from wherever the connection stands now."""
    task = current_app.tasks[task_name]
    with run_in_namespace(schema or PUBLIC_SCHEMA):
        task.apply_async(
            args=list(args), kwargs=dict(kwargs or {}), headers={SCHEMA_HEADER: schema, **(headers or {})}, **options
        )


def task_named(name: str) -> Any:
    """The task of that name, for callers below its module; a web server, unlike a worker, has loaded none by itself.

    Raises celery.exceptions.NotRegistered.
    """
    if name not in current_app.tasks:
        current_app.loader.import_default_modules()
    return current_app.tasks[name]


def delay_in_namespace(task: Any, *args: Any, **kwargs: Any) -> None:
    """Wake a worker with ``task`` after the commit, in the namespace of the caller.

    A broker that is down costs nothing but time: the rows are the to-do list and the sweep finds them (J06).
    """

    def send() -> None:
        try:
            send_to_namespace(task.name, connection.schema_name, args=args, kwargs=kwargs, retry=False)
        except (BrokerDown, OSError) as error:
            logger.warning("no broker for %s, the sweep will do it: %s", task.name, error)

    on_commit_in_namespace(send)


@shared_task(name=FAN_OUT_TASK)
def for_each_namespace(task_name: str, period_s: int = 60) -> int:
    """Send one message of a periodic job to every active namespace whose jobs are not paused; returns how many.

    Sent by beat. A message that waits longer than its period is dropped, because the next one does the same.
    """
    schemas = active_schemas(sweeping=True)
    for schema in schemas:
        try:
            send_to_namespace(
                task_name, schema, headers={PERIOD_HEADER: period_s}, expires=max(period_s, 60), ignore_result=True
            )
        except (BrokerDown, OSError) as error:
            logger.warning("no broker for %s in %s: %s", task_name, schema, error)
        except Exception:
            logger.exception(
                "%s failed in %s", task_name, schema
            )  # eager mode runs it here; the others still get theirs
    return len(schemas)


@shared_task(name="vmi.namespaces.continue_opening")
def continue_opening_task(namespace_id: int) -> None:
    """Run the opening of a namespace in the background; the row shows how far it is."""
    from vmi.namespaces.opening import continue_opening

    with run_in_namespace(PUBLIC_SCHEMA):
        continue_opening(Namespace.objects.get(pk=namespace_id))


def start_opening(namespace: Namespace) -> None:
    """Open the namespace in the background after the commit; without a broker an operator continues it later."""

    def send() -> None:
        try:
            continue_opening_task.apply_async(args=[namespace.pk], retry=False)
        except (BrokerDown, OSError) as error:
            logger.warning("no broker to open %s: %s", namespace.schema_name, error)

    transaction.on_commit(send)
