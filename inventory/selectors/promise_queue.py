"""The promise queue as rows: who waits for goods, paid before unpaid, each oldest first, and what will serve them."""

from django.db.models import Case, QuerySet, Value, When
from django.db.models.fields import BooleanField

from inventory.choices import HoldKind, HoldState
from inventory.models import Reservation


def waiting_promises() -> QuerySet[Reservation]:
    """Every promise that waits for goods, with its SKU, supply line and day; ``is_paid`` is annotated."""
    return (
        Reservation.objects.filter(kind__gt=HoldKind.SPOT, state__lte=HoldState.SOLD)
        .select_related("bucket__pool__logical__sku", "supply_line")
        .annotate(
            is_paid=Case(
                When(state=HoldState.SOLD, then=Value(True)), default=Value(False), output_field=BooleanField()
            )
        )
    )
