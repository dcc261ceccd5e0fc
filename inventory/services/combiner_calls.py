"""What calls from outside bring into a batch: idempotency keys, and carts whose lines have no numbers yet."""

from collections.abc import Sequence
from dataclasses import replace

from inventory.choices import HoldState
from inventory.services.combiner_request import Request
from vmi.api import idempotency
from vmi.core.db import fetch_prepared_tuples


def admit(requests: Sequence[Request]) -> list[Request]:
    """The requests a batch may serve: fresh keys only, and carts nobody else is working on.

    To be asked after the buckets are locked: what was committed meanwhile is seen.
    """
    return _number_carts(_with_fresh_keys(requests))


def keep_claims(requests: Sequence[Request]) -> None:
    """Commit the keys of these requests with their holds."""
    claims = [request.demand.claim for request in requests if request.demand.claim is not None]
    if claims:
        idempotency.keep(claims)


def _with_fresh_keys(requests: Sequence[Request]) -> list[Request]:
    claimed = [(number, request.demand.claim) for number, request in enumerate(requests) if request.demand.claim]
    if not claimed:
        return list(requests)
    late = idempotency.taken([claim for _number, claim in claimed])
    gone = {claimed[place][0] for place in late}
    return [request for number, request in enumerate(requests) if number not in gone]


def _number_carts(requests: Sequence[Request]) -> list[Request]:
    """Give the lines of carts the next numbers of their document.

    Left out are carts that hold one of the SKUs already, whose line would have to grow, and carts whose owner is
    at work elsewhere: a batch waits for nobody.
    """
    carts = [request for request in requests if request.demand.joins]
    if not carts:
        return list(requests)
    owners = [request.demand.source.subject for request in carts]
    free = {number - 1 for (number,) in fetch_prepared_tuples(_LOCK_OWNERS, {"owners": owners})}
    carts = [request for number, request in enumerate(carts) if number in free]
    asked = [(number, request, line) for number, request in enumerate(carts) for line in request.demand.lines]
    params = {
        "numbers": [number for number, _request, _line in asked],
        "types": [request.demand.source.type for _number, request, _line in asked],
        "sns": [request.demand.source.sn for _number, request, _line in asked],
        "channels": [request.demand.channel_id for _number, request, _line in asked],
        "skus": [line.sku_id for _number, _request, line in asked],
    }
    last: dict[int, int] = {}
    holds: set[int] = set()
    for number, line_no, is_held in fetch_prepared_tuples(_CARTS, params):
        last[number] = line_no
        if is_held:
            holds.add(number)
    fresh = [request for number, request in enumerate(carts) if number not in holds]
    for number, request in enumerate(carts):
        request.offset = last[number]
        lines = [replace(line, line_no=line.line_no + request.offset) for line in request.demand.lines]
        request.demand = replace(request.demand, lines=lines)
    return [request for request in requests if not request.demand.joins] + fresh


_LOCK_OWNERS = """
    SELECT w.n FROM unnest(%(owners)s::text[]) WITH ORDINALITY AS w(owner, n)
    WHERE pg_try_advisory_xact_lock(hashtextextended('hold:' || current_schema() || ':' || w.owner, 0))
"""

_CARTS = f"""
    SELECT w.n, (SELECT coalesce(max(r.line_no), 0) FROM inventory_reservation r
                 WHERE r.source_type = w.source_type AND r.source_sn = w.source_sn) AS last_line,
           EXISTS (SELECT 1 FROM inventory_reservation r
                   JOIN inventory_channelstock c ON c.id = r.bucket_id
                   JOIN inventory_allocationpool p ON p.id = c.pool_id
                   JOIN inventory_logicalstock l ON l.id = p.logical_id
                   WHERE r.source_type = w.source_type AND r.source_sn = w.source_sn AND r.channel_id = w.channel_id
                     AND r.state = {int(HoldState.HELD)} AND l.sku_id = w.sku_id) AS is_held
    FROM unnest(%(numbers)s::int[], %(types)s::varchar[], %(sns)s::varchar[], %(channels)s::bigint[],
                %(skus)s::bigint[]) AS w(n, source_type, source_sn, channel_id, sku_id)
"""  # noqa: S608 - built from fixed names only
