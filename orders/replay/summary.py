"""The summary a replay ends with: tables for people."""

from collections.abc import Iterable, Sequence

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from orders.replay.cleaning import LineClass
from orders.replay.run import Outcome

LISTED_CODES_MAX = 30
DOCUMENTS = (
    "orders",
    "refused invoices",
    "returns",
    "returns without an order",
    "write-offs",
    "refused write-offs",
)


def print_summary(outcome: Outcome, console: Console) -> None:
    """Lines by class, documents, units, money, rate, and the proof."""
    console.print(Group(_lines(outcome), *_notes(outcome), _figures(outcome), *_proof(outcome)))


def _lines(outcome: Outcome) -> Table:
    table = _table("Lines of the file", "lines", "units")
    tally = outcome.tally
    for kind in LineClass:
        if tally.lines[kind]:
            table.add_row(kind.value + _codes(outcome, kind), f"{tally.lines[kind]:,}", f"{tally.units[kind]:,}")
    table.add_section()
    table.add_row("all lines", f"{outcome.lines:,}", "")
    return table


def _codes(outcome: Outcome, kind: LineClass) -> str:
    """Which codes a class of charges consists of, so that a wrongly sorted article is seen."""
    if kind not in (LineClass.CHARGE, LineClass.CHARGE_CANCELLED):
        return ""
    codes = sorted({line.code for line in outcome.cleaned.listed.get(kind, ())})
    more = " …" if len(codes) > LISTED_CODES_MAX else ""
    return f" ({', '.join(codes[:LISTED_CODES_MAX])}{more})"


def _notes(outcome: Outcome) -> Iterable[RenderableType]:
    if outcome.cleaned.notes:
        table = _table("Noticed", "lines")
        for note, count in outcome.cleaned.notes.items():
            table.add_row(note, f"{count:,}")
        yield table


def _figures(outcome: Outcome) -> Table:
    tally = outcome.tally
    table = _table("Result", "all", "new")
    for kind in DOCUMENTS:
        if tally.documents[kind]:
            table.add_row(kind, f"{tally.documents[kind]:,}", f"{tally.new[kind]:,}")
    for reason, count in tally.refusals.most_common():
        table.add_row(f"  refused: {reason}", f"{count:,}", "")
    table.add_section()
    table.add_row("opening stock for sales, units", "", f"{tally.opening_units:,}")
    table.add_row("opening stock for write-offs, units", "", f"{tally.opening_units_of_write_offs:,}")
    table.add_row("returned without an order, units", f"{tally.unmatched_units:,}", "")
    table.add_row("sold, amount", f"{tally.revenue:,}", "")
    table.add_row("refunded, amount", f"{tally.refunded:,}", "")
    table.add_section()
    played = outcome.lines - sum(map(len, outcome.cleaned.listed.values()))
    table.add_row("seconds", f"{outcome.seconds:,.1f}", "")
    table.add_row("lines per second", f"{played / max(outcome.seconds, 0.001):,.0f}", "")
    return table


def _proof(outcome: Outcome) -> Iterable[RenderableType]:
    for name, findings in outcome.report.proofs.items():
        style = "red" if findings else "green"
        yield Text(f"{name}: {f'{len(findings)} differences' if findings else 'ok'}", style=style)
        for finding in findings[:LISTED_CODES_MAX]:
            yield Text("    " + ", ".join(f"{key}={value}" for key, value in finding.items()))


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold")
    table.add_column("", overflow="fold")
    for column in columns:
        table.add_column(column, justify="right", no_wrap=True)
    return table


def findings_of(outcome: Outcome) -> Sequence[str]:
    """The names of the proofs that failed."""
    return [name for name, findings in outcome.report.proofs.items() if findings]
