"""Run the workloads: ``python -m tests.bench [--quick] [--seconds 1] [--rounds 3] [--only W1]``."""

import os

import django

os.environ.setdefault("VMI_DEFAULT_HOME", ".run-bench")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vmi.settings.dev")
django.setup()

from tests.bench.runner import main  # noqa: E402 - models load only after the set-up

if __name__ == "__main__":
    main()
