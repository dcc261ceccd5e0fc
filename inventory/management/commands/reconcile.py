"""``manage.py reconcile``: prove that every number equals what its ledger and its neighbours say."""

import json
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import ProgrammingError, connection

from inventory.services.reconcile import Report, reconcile
from vmi.core.tenancy import run_in_namespace
from vmi.namespaces.selectors import active_schemas, find_namespace

JOBS = 4
"""Namespaces proved at a time unless ``--jobs`` says otherwise; each takes a connection and a core of the database."""

Outcome = tuple[str, Report | None, str, float]
"""Namespace, its report, or why there is none, and the seconds it took."""


class Command(BaseCommand):
    """Proves I1–I9 in one namespace or in all; exit code 1 when anything differs or could not be proved."""

    help = "Prove the invariants of the stock core and of every projection."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """``--namespace`` limits the run, ``--json`` prints machine-readable findings."""
        parser.add_argument("--namespace", help="schema name; all active namespaces if left out")
        parser.add_argument("--json", action="store_true", dest="as_json", help="print JSON")
        parser.add_argument("--jobs", type=int, default=JOBS, help="namespaces proved at a time")
        parser.add_argument("--propose", action="store_true", help="propose corrections and tell the back office")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run and report, namespace by namespace as they finish; progress goes to the error stream."""
        schemas = [_known(options["namespace"])] if options["namespace"] else _all()
        if not schemas:
            raise CommandError("No active namespace of this version: nothing was proved.", returncode=1)
        outcomes = []
        for number, outcome in enumerate(_outcomes(schemas, options["jobs"], options["propose"]), start=1):
            outcomes.append(outcome)
            self._progress(number, len(schemas), outcome)
            if not options["as_json"]:
                self._print(outcome)
        if options["as_json"]:
            self.stdout.write(json.dumps([_as_json(outcome) for outcome in sorted(outcomes)], default=str))
        differences = sum(report.count for _schema, report, _error, _seconds in outcomes if report)
        failed = sum(report is None for _schema, report, _error, _seconds in outcomes)
        if differences or failed:
            raise CommandError(f"{differences} differences, {failed} namespaces not proved", returncode=1)

    def _progress(self, number: int, total: int, outcome: Outcome) -> None:
        """A line per namespace."""
        schema, report, error, seconds = outcome
        verdict = error if report is None else "ok" if not report.count else f"{report.count} differences"
        self.stderr.write(f"[{number}/{total}] {schema}: {verdict} ({seconds:.1f} s)", ending="\n")

    def _print(self, outcome: Outcome) -> None:
        """A line per proof, and one per difference below it."""
        schema, report, error, _seconds = outcome
        if report is None:
            self.stdout.write(f"{schema}: {self.style.ERROR(error)}")
            return
        for name, findings in report.proofs.items():
            verdict = self.style.SUCCESS("ok") if not findings else self.style.ERROR(f"{len(findings)} differences")
            self.stdout.write(f"{schema}: {name}: {verdict}")
            for finding in findings:
                self.stdout.write("    " + ", ".join(f"{key}={value}" for key, value in finding.items()))


def _all() -> list[str]:
    """Every active namespace."""
    with _said_if_empty():
        return active_schemas()


def _known(schema: str) -> str:
    """The namespace of this name. Raises CommandError when there is none."""
    with _said_if_empty():
        if find_namespace(schema) is None:
            raise CommandError(f"There is no namespace {schema!r}: nothing was proved.", returncode=1)
    return schema


@contextmanager
def _said_if_empty() -> Iterator[None]:
    """Say so when nobody ever started the product on this database."""
    try:
        yield
    except ProgrammingError as error:
        raise CommandError("This database was never migrated: start the product once.", returncode=1) from error


def _outcomes(schemas: list[str], jobs: int, propose: bool) -> Iterator[Outcome]:
    """One namespace in this thread, several in threads with a connection each."""
    if len(schemas) == 1:
        yield _prove(schemas[0], propose)
        return
    with ThreadPoolExecutor(max_workers=max(jobs, 1)) as pool:
        futures = [pool.submit(_prove_and_hang_up, schema, propose) for schema in schemas]
        for future in as_completed(futures):
            yield future.result()


def _prove_and_hang_up(schema: str, propose: bool) -> Outcome:
    try:
        return _prove(schema, propose)
    finally:
        connection.close()


def _prove(schema: str, propose: bool) -> Outcome:
    """One namespace; whatever goes wrong there does not keep the others from their proof."""
    start = time.monotonic()
    report, error = None, ""
    try:
        with run_in_namespace(schema):
            report = reconcile(raise_event=propose)
    except Exception as failure:  # noqa: BLE001 - reported as this namespace's outcome
        error = f"{type(failure).__name__}: {failure}".strip()
    return schema, report, error, time.monotonic() - start


def _as_json(outcome: Outcome) -> dict[str, Any]:
    """One namespace of the JSON answer."""
    schema, report, error, seconds = outcome
    found: dict[str, Any] = {"namespace": schema, "seconds": round(seconds, 2)}
    if report is None:
        return {**found, "error": error}
    return {**found, "differences": report.count, "proofs": report.proofs}
