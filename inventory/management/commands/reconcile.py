"""``manage.py reconcile``: prove that every number equals what its ledger and its neighbours say."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from inventory.services.reconcile import Report, reconcile
from vmi.core.tenancy import run_in_namespace
from vmi.namespaces.selectors import active_schemas


class Command(BaseCommand):
    """Checks I1–I6 and I9 in one namespace or in all; exit code 1 when anything differs."""

    help = "Prove the invariants of the stock core and of every projection."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """``--namespace`` limits the run, ``--json`` prints machine-readable findings."""
        parser.add_argument("--namespace", help="schema name; all active namespaces if left out")
        parser.add_argument("--json", action="store_true", dest="as_json", help="print JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run and report."""
        schemas = [options["namespace"]] if options["namespace"] else active_schemas()
        reports = []
        for schema in schemas:
            with run_in_namespace(schema):
                reports.append(reconcile())
        if options["as_json"]:
            self.stdout.write(json.dumps([self._as_json(report) for report in reports], default=str))
        else:
            for report in reports:
                self._print(report)
        differences = sum(report.count for report in reports)
        if differences:
            raise CommandError(f"{differences} differences", returncode=1)

    def _print(self, report: Report) -> None:
        """A line per proof, and one per difference below it."""
        for name, findings in report.proofs.items():
            verdict = self.style.SUCCESS("ok") if not findings else self.style.ERROR(f"{len(findings)} differences")
            self.stdout.write(f"{report.namespace}: {name}: {verdict}")
            for finding in findings:
                self.stdout.write("    " + ", ".join(f"{key}={value}" for key, value in finding.items()))

    def _as_json(self, report: Report) -> dict[str, Any]:
        """One namespace of the JSON answer."""
        return {"namespace": report.namespace, "differences": report.count, "proofs": report.proofs}
