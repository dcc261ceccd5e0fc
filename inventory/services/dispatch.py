"""``dispatch_transfer``: goods leave for another warehouse of ours."""

from collections.abc import Sequence

from inventory.hooks import Route
from inventory.services.outbound import ShippedLine, confirm_outbound
from vmi.core.actors import Actor
from vmi.core.commands import command
from vmi.core.sources import Source


@command
def dispatch_transfer(
    *,
    source: Source,
    route: Route,
    lines: Sequence[ShippedLine] | None = None,
    reference: str = "",
    company: str = "",
    tracking_no: str = "",
    actor: Actor,
    dry_run: bool = False,
) -> bool:
    """Confirm that allocated and noticed goods left and expect them at ``route``, in one transaction (S001-33).

    Source: internal quota, base, allocated, quantity and held fall; destination: in transit rises, and presale if
    the route opens it. Returns whether all of the document left. Idempotent and refused as ``confirm_outbound``.
    """
    return confirm_outbound(
        source=source,
        lines=lines,
        reference=reference,
        company=company,
        tracking_no=tracking_no,
        route=route,
        actor=actor,
    )
