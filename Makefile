# Two commands do everything on a fresh machine: `make demo` and `make test`.
# They need Python 3.11 or later, make, and a package index that pip can reach.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
# Stealing: the slow tests stand together, and no core is to rest while the other has a queue of them.
PYTEST_ARGS ?= -n auto --dist worksteal
SOAK ?= 50

.PHONY: help install demo test soak check bench docs clean

help:  ## This list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

install: $(STAMP)  ## Make .venv and install everything into it

$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "cybertip needs Python 3.11 or later; try: make PYTHON=python3.11 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

demo: install  ## File a made-up case against a mock server
	@$(BIN)/cybertip demo

test: install  ## All tests
	$(BIN)/python -m pytest $(PYTEST_ARGS)

soak: install  ## Filings in time, with far more faults and pairs of faults than in the tests (some minutes)
	CYBERTIP_SOAK=$(SOAK) $(BIN)/python -m pytest $(PYTEST_ARGS) --timeout 3600 -rP tests/simulation

check: install  ## Style, types, layers, and that no secret or host slipped in
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/mypy tests bench examples scripts
	$(BIN)/lint-imports
	$(BIN)/python scripts/check_tree.py

bench: install  ## Timings, as ratios within one run
	$(BIN)/python bench/run.py

docs: install  ## Write what the docs take from the code: rules, the filing machine, the settings, the JSON Schema of review records
	$(BIN)/python scripts/rules_page.py
	$(BIN)/python scripts/filing_page.py
	$(BIN)/python scripts/settings_page.py
	$(BIN)/python scripts/record_schema.py
	$(BIN)/python scripts/cli_page.py

clean:  ## Remove what the other commands made
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
