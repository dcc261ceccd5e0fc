"""``date_batch``: when a batch was made and until when it keeps; outbound picks what expires first (FEFO)."""

from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from catalog.selectors import shelf_life
from inventory.models import Batch
from vmi.core.actors import Actor
from vmi.core.exceptions import InvalidRequest, NotFound
from vmi.events.services import audit


@transaction.atomic
def date_batch(
    *, sku_id: int, code: str, produced_on: date | None = None, expires_on: date | None = None, actor: Actor
) -> Batch:
    """Write the dates of a batch that was received (C-70); the same dates again change nothing.

    Without ``expires_on`` it keeps for the product's shelf life, if both that and ``produced_on`` are known (C-52).

    Raises NotFound for an unknown batch and for the row "no batch", InvalidRequest for an end before the beginning.
    """
    if produced_on is not None and expires_on is not None and expires_on < produced_on:
        raise InvalidRequest(_("A batch does not end before it was made."), code="dates_reversed", param="expiresOn")
    batch = Batch.objects.filter(sku_id=sku_id, code=code).first() if code else None
    if batch is None:
        raise NotFound(param="batch")
    if expires_on is None and produced_on is not None and (days := shelf_life(sku_id)):
        expires_on = produced_on + min(timedelta(days=days), date.max - produced_on)
    before = {"produced_on": batch.produced_on, "expires_on": batch.expires_on}
    batch.produced_on, batch.expires_on = produced_on, expires_on
    batch.save(update_fields=["produced_on", "expires_on"])

    audit(batch, before=before, after={"produced_on": produced_on, "expires_on": expires_on}, actor=actor)
    return batch
