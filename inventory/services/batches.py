"""``date_batch``: when a batch was made and until when it keeps; outbound picks what expires first (FEFO)."""

from datetime import date

from django.db import transaction

from inventory.models import Batch
from vmi.core.actors import Actor
from vmi.core.exceptions import InvalidRequest, NotFound
from vmi.events.services import audit


@transaction.atomic
def date_batch(
    *, sku_id: int, code: str, produced_on: date | None = None, expires_on: date | None = None, actor: Actor
) -> Batch:
    """Write the dates of a batch that was received (C-70); the same dates again change nothing.

    Raises NotFound for an unknown batch and for the row "no batch", InvalidRequest for an end before the beginning.
    """
    if produced_on is not None and expires_on is not None and expires_on < produced_on:
        raise InvalidRequest(code="dates_reversed", param="expiresOn")
    batch = Batch.objects.filter(sku_id=sku_id, code=code).first() if code else None
    if batch is None:
        raise NotFound(param="batch")
    before = {"produced_on": batch.produced_on, "expires_on": batch.expires_on}
    batch.produced_on, batch.expires_on = produced_on, expires_on
    batch.save(update_fields=["produced_on", "expires_on"])

    audit(batch, before=before, after={"produced_on": produced_on, "expires_on": expires_on}, actor=actor)
    return batch
