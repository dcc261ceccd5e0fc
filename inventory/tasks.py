"""Scheduled work of the stock core: thin entries, one service call each."""

from celery import shared_task

from inventory.services import refused
from inventory.services.near_expiry import days_before_expiry, lock_near_expiry
from inventory.services.promises import tend_queues
from inventory.services.rebalance import settle_shortages
from inventory.services.reconcile import reconcile
from inventory.services.release import SWEEP_CHUNK, release_expired
from inventory.services.safety_rearm import DUE_REASON, due_for_rearming, rearm_safety, top_up_safety
from inventory.services.safety_review import REVIEWS_MAX, due_for_review, review_safety
from inventory.services.safety_rows import SAFETY
from inventory.services.threshold import ANNOUNCED_MAX, announce_low_stock
from inventory.services.windows import RETURNED_MAX, return_expired_quotas
from vmi.core import clock
from vmi.core.actors import system_actor
from vmi.core.sources import Source
from vmi.namespaces.tasks import NamespaceTask
from vmi.numbering.services import next_number

CHUNKS_PER_RUN_MAX = 50
"""Chunks one sweep works off before it leaves the rest to the next minute."""


@shared_task(base=NamespaceTask, name="inventory.release_expired_holds")
def release_expired_holds() -> int:
    """Tidy expired holds of the namespace in chunks; returns how many."""
    released = 0
    for _chunk in range(CHUNKS_PER_RUN_MAX):
        count = release_expired()
        released += count
        if count < SWEEP_CHUNK:
            break
    return released


@shared_task(base=NamespaceTask, name="inventory.return_expired_quotas")
def return_expired() -> int:
    """Return the unsold rest of quotas whose window ended (S001-29) in chunks; returns how many buckets."""
    returned = 0
    for _chunk in range(CHUNKS_PER_RUN_MAX):
        count = return_expired_quotas()
        returned += count
        if count < RETURNED_MAX:
            break
    return returned


@shared_task(base=NamespaceTask, name="inventory.tend_promises")
def tend_promises() -> int:
    """Serve and plan the promise queues (S001-30), should an event have left somebody waiting; returns the units."""
    return tend_queues(actor=system_actor("inventory.tend_promises"))


@shared_task(base=NamespaceTask, name="inventory.settle_shortages")
def settle() -> int:
    """Cover what is short from units that no pool holds, and lower reports that ended; returns the rows looked at."""
    return settle_shortages()


@shared_task(base=NamespaceTask, name="inventory.watch_low_stock")
def watch_low_stock() -> int:
    """Announce rows that fell to their warning line (C-42), and watch those that rose again; returns how many."""
    announced = 0
    for _chunk in range(CHUNKS_PER_RUN_MAX):
        count = announce_low_stock()
        announced += count
        if count < ANNOUNCED_MAX:
            break
    return announced


@shared_task(base=NamespaceTask, name="inventory.rearm_safety")
def rearm_safety_stock() -> int:
    """Withhold released safety stock again whose day has come, and fill deficits; returns the units withheld."""
    today = clock.local_date(clock.now())
    withheld = 0
    for logical_id in due_for_rearming(on=today):
        withheld += rearm_safety(
            logical_id=logical_id,
            due_on=today,
            reason=DUE_REASON,
            source=Source(SAFETY, next_number("safety")),
            actor=system_actor("safety"),
        ).moved
    return withheld + top_up_safety()


@shared_task(base=NamespaceTask, name="inventory.review_safety")
def review_safety_stock() -> int:
    """Review the policies whose week or month is over (S001-23); returns how many reviews were made."""
    made = 0
    for _chunk in range(CHUNKS_PER_RUN_MAX):
        due = due_for_review()
        made += len(review_safety(logical_ids=due))
        if len(due) < REVIEWS_MAX:
            break
    return made


@shared_task(base=NamespaceTask, name="inventory.forget_refused")
def forget_refused() -> int:
    """Delete refused demand nobody looks back on any more; returns how many rows."""
    return refused.forget()


@shared_task(base=NamespaceTask, name="inventory.lock_near_expiry")
def lock_expiring_goods() -> int:
    """Lock goods whose batch ends too soon for a customer (S001-10), as the namespace wants it; returns the units."""
    days = days_before_expiry()
    return 0 if days is None else lock_near_expiry(days=days, actor=system_actor("inventory.lock_near_expiry"))


@shared_task(base=NamespaceTask, name="inventory.reconcile_nightly")
def reconcile_nightly() -> int:
    """Prove every invariant of the namespace; a difference raises ReconcileFailed and shows red. Returns the count."""
    return reconcile(raise_event=True).count
