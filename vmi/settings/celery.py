"""Background jobs: delivery at least once, JSON only, one bounded task at a time (reliability: jobs)."""

from datetime import timedelta
from typing import Any

CELERY_TASK_SERIALIZER = "json"
CELERY_RESULT_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_EVENT_SERIALIZER = "json"
CELERY_TASK_IGNORE_RESULT = True
CELERY_RESULT_BACKEND = None
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 300
CELERY_TASK_SOFT_TIME_LIMIT = 280
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_MAX_TASKS_PER_CHILD = 1000
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0, "interval_step": 0.1, "interval_max": 0.2}
CELERY_ENABLE_UTC = True
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULER = "vmi.core.beat:LockedScheduler"
CELERY_BEAT_MAX_LOOP_INTERVAL = 5

REDIS_TRANSPORT_OPTIONS: dict[str, Any] = {
    # A hard-killed worker's message comes back after this time, and is looked for often.
    "visibility_timeout": 600,
    "unacked_restore_interval": 1,
    "unacked_restore_throttle": 10,
    "socket_timeout": 10,
    "socket_connect_timeout": 5,
    "retry_on_timeout": True,
    # A publisher gives up at once: with the stock values a broker that is down costs every request six seconds.
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.1,
    "interval_max": 0.1,
}


def transport_options(broker_url: str) -> dict[str, Any]:
    """The broker options that fit ``broker_url``; other brokers acknowledge by themselves."""
    return REDIS_TRANSPORT_OPTIONS if broker_url.startswith("redis") else {}


def _sweep(task: str, every: timedelta) -> dict[str, Any]:
    """A schedule entry that fans ``task`` out to every active namespace."""
    return {
        "task": "vmi.namespaces.for_each_namespace",
        "schedule": every,
        "args": [task, int(every.total_seconds())],
        "options": {"expires": every.total_seconds()},
    }


CELERY_BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    "heartbeat": {"task": "vmi.core.heartbeat", "schedule": timedelta(seconds=30), "options": {"expires": 60}},
    "deliver-events": _sweep("vmi.events.sweep", timedelta(minutes=1)),
    "expire-unpaid-orders": _sweep("orders.expire_unpaid", timedelta(minutes=1)),
    "release-paid-orders": _sweep("orders.release_paid", timedelta(minutes=1)),
    "complete-orders": _sweep("orders.auto_complete", timedelta(hours=1)),
    "release-expired-holds": _sweep("inventory.release_expired_holds", timedelta(minutes=1)),
    "return-expired-quotas": _sweep("inventory.return_expired_quotas", timedelta(minutes=1)),
    "tend-promises": _sweep("inventory.tend_promises", timedelta(minutes=1)),
    "settle-shortages": _sweep("inventory.settle_shortages", timedelta(minutes=1)),
    "watch-low-stock": _sweep("inventory.watch_low_stock", timedelta(minutes=1)),
    "rearm-safety": _sweep("inventory.rearm_safety", timedelta(minutes=1)),
    "review-safety": _sweep("inventory.review_safety", timedelta(hours=24)),
    "forget-refused-demand": _sweep("inventory.forget_refused", timedelta(hours=24)),
    "lock-near-expiry": _sweep("inventory.lock_near_expiry", timedelta(hours=24)),
    "poll-snapshots": _sweep("warehousing.poll_snapshots", timedelta(minutes=5)),
    "send-ship-notices": _sweep("warehousing.send_notices", timedelta(minutes=1)),
    "retry-refunds": _sweep("payments.retry_refunds", timedelta(minutes=5)),
    "purge-events": _sweep("vmi.events.purge", timedelta(hours=24)),
    "purge-api": _sweep("vmi.api.purge", timedelta(hours=24)),
    "reconcile-nightly": _sweep("inventory.reconcile_nightly", timedelta(hours=24)),
}
