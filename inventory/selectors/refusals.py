"""What members are told of a shortage: no more than the display rule of the channel shows (C-46)."""

from catalog.selectors import skus_by_code
from inventory.choices import DisplayRule
from inventory.exceptions import InsufficientStock, ShortLine
from inventory.selectors.availability import availability_of

_HIDING = (DisplayRule.CAPPED, DisplayRule.FEW_LEFT)


def as_members_see(refusal: InsufficientStock) -> InsufficientStock:
    """The refusal with figures up to the one the channel's rule names, where the rule keeps larger ones back.

    Whatever is told can be had. Two queries, for refusals of a channel only.
    """
    if refusal.channel_id is None:
        return refusal
    ids = {code: sku.id for code, sku in skus_by_code({line["sku"] for line in refusal.lines}).items()}
    rules = availability_of(refusal.channel_id, list(ids.values()))
    lines: list[ShortLine] = []
    for line in refusal.lines:
        there = rules.get(ids.get(line["sku"], 0))
        most = there.rule_units if there is not None and there.rule in _HIDING else line["available"]
        lines.append({**line, "available": min(line["available"], most)})
    return InsufficientStock(lines, param=refusal.param, channel_id=refusal.channel_id)
