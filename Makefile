# The commands of this project. They need Python 3.11, pip and make; everything else installs itself.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
PY := .venv/bin/python
PORT ?= 8000
export PORT
MINUTES ?= 3
ORDERS ?= 5000

.DEFAULT_GOAL := help
.PHONY: help venv run test check test-browser bench prove fmt messages format lint types layers migrations deploy translations collection clean

help:  ## Show this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

venv:
	@$(PYTHON) vmi/embedded/environment.py

run: venv  ## Start everything and open the namespace "demo" (PORT=8000); Ctrl-C stops it
	@$(PY) -m vmi.embedded.runner

test: venv  ## Run every test but the browser's
	@$(PY) -m pytest -n 2 --dist worksteal

test-browser: venv  ## Walk the back office with chromium (from the system)
	@$(PY) -m vmi.embedded.browser
	@$(PY) -m pytest --override-ini "addopts=-q --strict-markers --strict-config --import-mode=importlib --tb=short -p no:cacheprovider" tests/browser

check: venv format lint types layers migrations deploy translations collection  ## Everything but the tests
	@echo "check: all good"

format: venv
	@$(PY) -m ruff format --check .

lint: venv
	@$(PY) -m ruff check .

types: venv
	@$(PY) -m mypy .

layers: venv
	@$(PY) -c "from importlinter.cli import lint_imports_command; lint_imports_command()"

migrations: venv
	@DJANGO_SETTINGS_MODULE=vmi.settings.test $(PY) manage.py makemigrations --check --dry-run

deploy: venv
	@DJANGO_SETTINGS_MODULE=vmi.settings.prod \
	SECRET_KEY="$$($(PY) -c 'import secrets; print(secrets.token_urlsafe(60))')" \
	DATABASE_URL=postgres://user@localhost/none CELERY_BROKER_URL=redis://localhost/0 \
	$(PY) manage.py check --deploy --fail-level WARNING

translations: venv
	@DJANGO_SETTINGS_MODULE=vmi.settings.test $(PY) manage.py messages --check

collection: venv
	@$(PY) -m tests.support.collection

messages: venv  ## Collect new texts into the catalogue and compile it
	@DJANGO_SETTINGS_MODULE=vmi.settings.test $(PY) manage.py messages

fmt: venv  ## Format the code and fix what can be fixed
	@$(PY) -m ruff format .
	@$(PY) -m ruff check --fix .

bench: venv  ## Measure this code against raw psycopg, as ratios (BENCH=--quick: short and rough)
	@$(PY) -m tests.bench $(BENCH)

prove: venv  ## Prove the ledgers of every namespace, random histories (MINUTES=3) and kill -9 (ORDERS=5000, 0: none)
	@if [ -e "$${VMI_HOME:-.run}/postgres" ] || [ -n "$$DATABASE_URL" ]; then $(PY) manage.py reconcile; \
	else echo "No data yet (make run makes some): no ledgers to prove."; fi
	@PROVE_MINUTES=$(MINUTES) $(PY) -m pytest -s --timeout 0 tests/prove/long_machine.py
	@if [ "$(ORDERS)" != 0 ]; then $(PY) -m tests.prove.killing --orders $(ORDERS); fi

clean:  ## Remove what the commands made (data included), but not the environment
	@for home in .run .run-test .run-test/browser .run-bench .run-kill; do \
		if [ -L $$home/postgres ]; then rm -rf "$$(readlink $$home/postgres)"; fi; done
	rm -rf .run .run-test .run-bench .run-kill .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
