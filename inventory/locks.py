"""The only place of this app that takes row locks through models; the statements of commands lock in their own SQL."""

from inventory.choices import CorrectionState
from inventory.models import Correction
from vmi.core.exceptions import NotFound


def lock_correction(correction_id: int) -> Correction:
    """The correction, so that only one of two people decides on it. Raises NotFound."""
    correction = Correction.objects.select_for_update().filter(pk=correction_id).first()
    if correction is None:
        raise NotFound(param="id")
    return correction


def lock_open_corrections() -> list[Correction]:
    """Every proposal that waits, in key order, while a proof brings them up to date."""
    return list(Correction.objects.select_for_update().filter(state=CorrectionState.PROPOSED).order_by("pk"))
