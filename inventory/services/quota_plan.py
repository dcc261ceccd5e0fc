"""Moving units between the parts of locked rows, on plain values: who gives, who takes, who is refused why."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _

from inventory.choices import Purpose
from inventory.exceptions import ExclusiveLine, QuotaLineFigures
from inventory.services.quota_lines import Effect, Line, QuotaLine, QuotaReturn, Target
from inventory.services.quota_rows import QuotaRow
from inventory.services.trimming import Part
from vmi.core.exceptions import InvalidRequest, NotFound


@dataclass(slots=True)
class Plan:
    """Locked rows and what the lines make of them; ``percents`` are new or ended percentages by bucket."""

    rows: dict[int, QuotaRow]
    short: list[QuotaLineFigures] = field(default_factory=list)
    exclusive: list[ExclusiveLine] = field(default_factory=list)
    percents: dict[int, int | None] = field(default_factory=dict)

    def carry_out(self, lines: Sequence[Line], logical_of: dict[int, int]) -> None:
        """Let every line give and take in its order, then let percentages follow; ``logical_of`` by bucket."""
        for index, line in enumerate(lines):
            bucket_id = line.from_bucket_id if not isinstance(line, QuotaReturn) else line.bucket_id
            key = line.logical_id if isinstance(line, QuotaLine) else logical_of.get(bucket_id or 0)
            if key is None or key not in self.rows:
                raise NotFound(param=f"lines[{index}].{'logical' if isinstance(line, QuotaLine) else 'bucket'}")
            self._line(line, self.rows[key], index)
        for row in self.rows.values():
            follow_percents(row)

    def effects(self) -> list[Effect]:
        """Every bucket that changed."""
        return [
            Effect(
                bucket_id=part.bucket_id,
                logical_id=row.id,
                purpose=Purpose(part.row["purpose"]),
                channel_id=part.channel_id,
                quota_before=part.quota,
                quota_after=part.quota - part.cut,
                sellable_before=part.quota - part.promised,
                sellable_after=part.quota - part.cut - part.promised,
            )
            for row in self.rows.values()
            for part in row.parts
            if part.cut and part.bucket_id is not None
        ]

    def _line(self, line: Line, row: QuotaRow, index: int) -> None:
        if isinstance(line, QuotaLine) and line.percent is not None:
            taker = _target(row, line.target, index)
            taker.row["quota_percent"] = self.percents[taker.row["id"]] = line.percent
            _check_percents(row, taker.pool_id, index)
            return
        givers = _givers(line, row, index)
        if givers and not self._may_give(line, row, givers[0]):
            return
        available = sum(part.open for part in givers) if givers is not None else max(row.unassigned, 0)
        units = available if line.units is None else line.units
        if units > available:
            self.short.append(_figures(line, row, units, available))
            return
        self._give(row, givers, units, line.line_no)
        if isinstance(line, QuotaReturn) and line.unassign:
            row.unassigned += units
            return
        taker = _target(row, Target() if isinstance(line, QuotaReturn) else line.target, index)
        if givers is not None and taker in givers and not isinstance(line, QuotaReturn):
            raise InvalidRequest(
                _("The units come from where they are to go."), code="same_bucket", param=f"lines[{index}].target"
            )
        self._change(taker, -units, line.line_no)

    def _may_give(self, line: Line, row: QuotaRow, giver: Part) -> bool:
        """Whether the giving bucket may: one that a channel has for itself only when asked explicitly."""
        if isinstance(line, QuotaReturn) or giver.channel_id is None or line.from_exclusive:
            return True
        self.exclusive.append(
            ExclusiveLine(line=line.line_no, sku=row.sku, channel=giver.row["channel"], open=giver.open)
        )
        return False

    def _give(self, row: QuotaRow, givers: list[Part] | None, units: int, line_no: int) -> None:
        if givers is None:
            row.unassigned -= units
            return
        for part in givers:
            step = min(part.open, units)
            self._change(part, step, line_no)
            units -= step

    def _change(self, part: Part, cut: int, line_no: int) -> None:
        """Note a part's cut; an explicit change of a quota ends its following of the pool."""
        if not cut:
            return
        part.line_no = line_no if not part.cut or part.line_no == line_no else 0
        part.cut += cut
        if part.bucket_id is not None and part.row["quota_percent"] is not None:
            part.row["quota_percent"] = self.percents[part.bucket_id] = None


def follow_percents(row: QuotaRow) -> None:
    """Bring every bucket with a percentage to its part of what its pool holds now, over the pool's shared bucket.

    Only open units move; where they do not suffice the bucket gets what there is.
    """
    for pool in row.pools:
        parts = [part for part in row.parts if part.pool_id == pool["id"]]
        holds = pool["quota_qty"] - sum(part.cut for part in parts)
        common = [part for part in parts if part.channel_id is None]
        for part in parts:
            if part.bucket_id is None or part.row["quota_percent"] is None:
                continue
            wanted = holds * part.row["quota_percent"] // 100 - (part.quota - part.cut)
            if wanted < 0:
                step = min(-wanted, part.open)
                part.cut += step
                common[-1].cut -= step
            for giver in common if wanted > 0 else ():
                step = min(giver.open, wanted)
                giver.cut += step
                part.cut -= step
                wanted -= step


def _givers(line: Line, row: QuotaRow, index: int) -> list[Part] | None:
    """The parts that give, in their order; None: what no pool holds. Raises NotFound."""
    if isinstance(line, QuotaLine) and line.from_pool_id is not None:
        found = [part for part in row.parts if part.pool_id == line.from_pool_id and part.channel_id is None]
        name = "fromPool"
    elif isinstance(line, QuotaLine) and line.from_bucket_id is None:
        return None
    else:
        bucket_id = line.bucket_id if isinstance(line, QuotaReturn) else line.from_bucket_id
        found = [part for part in row.parts if part.bucket_id == bucket_id]
        name = "bucket" if isinstance(line, QuotaReturn) else "fromBucket"
    if not found:
        raise NotFound(param=f"lines[{index}].{name}")
    return found


def _target(row: QuotaRow, target: Target, index: int) -> Part:
    """The part of a bucket that exists or was created for this document. Raises NotFound for an unknown channel."""
    for part in row.parts:
        is_bucket = part.bucket_id is not None and part.channel_id == target.channel_id
        if is_bucket and part.row["purpose"] == target.purpose:
            return part
    raise NotFound(param=f"lines[{index}].channel")


def _check_percents(row: QuotaRow, pool_id: int, index: int) -> None:
    """Percentages of one pool sum to at most 100."""
    total = sum(_percents(part for part in row.parts if part.pool_id == pool_id))
    if total > 100:
        raise InvalidRequest(
            _("The percentages of a pool come to %(total)s."),
            code="percent_total",
            param=f"lines[{index}].percent",
            details={"total": total},
        )


def _percents(parts: Iterable[Part]) -> list[int]:
    return [part.row["quota_percent"] or 0 for part in parts if part.bucket_id is not None]


def _figures(line: Line, row: QuotaRow, wanted: int, available: int) -> QuotaLineFigures:
    return QuotaLineFigures(
        line=line.line_no,
        sku=row.sku,
        warehouse=row.warehouse,
        wanted=wanted,
        available=available,
        ceiling=row.ceiling,
        pools=row.pools_qty,
    )
