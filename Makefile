# make demo    set everything up and de-identify a small collection of public files
# make test    set everything up and pass the checks and tests
# make bench   plant a corpus and run Deidra and other tools on it; measure speed (minutes, about 6 GB under bench/out)

PYTHON ?= python3
FUZZ_ARGS ?=
BENCH_ARGS ?=

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
CORE := $(VENV)/.installed-core
DEV := $(VENV)/.installed-dev

.PHONY: help setup dev demo test bench bench-peers fuzz guess clean

help:
	@sed -n 's/^# make /make /p' Makefile
	@echo "make setup   only create $(BIN)/deidra;  make dev adds the tools that tests need"
	@echo "make bench-peers  only the first part of make bench: leaks and utility beside other tools"
	@echo "make guess   link what two projects released, given 1,000,000 candidate patients (minutes)"
	@echo "make fuzz    feed the reader damaged files;  make clean removes what make made, except $(VENV)"

setup: $(CORE)

dev: $(DEV)

# A virtual environment that was only half created (python3-venv missing) is made anew.
$(CORE): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Deidra needs Python 3.11 or newer: make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)" >&2; exit 1; }
	@test -f $(VENV)/pyvenv.cfg && $(BIN)/python -m pip --version >/dev/null 2>&1 \
	  || $(PYTHON) -m venv --clear $(VENV) \
	  || { echo "No virtual environment could be made. On Debian: apt-get install python3-venv" >&2; exit 1; }
	$(PIP) install --editable .
	@touch $@

$(DEV): $(CORE)
	$(PIP) install --editable '.[dev]'
	@touch $@

demo: $(CORE)
	@$(BIN)/python tools/demo.py

test: $(DEV)
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -n 2 -rs

bench: bench-peers
	$(BIN)/python -m bench.run $(BENCH_ARGS)

bench-peers: $(DEV)
	$(BIN)/python -m bench.peers

fuzz: $(DEV)
	$(BIN)/python tools/fuzz_stream.py $(FUZZ_ARGS)

guess: $(DEV)
	DEIDRA_GUESSES=1000000 $(BIN)/python -m pytest tests/identity/test_guessing.py

clean:
	rm -rf demo bench/out dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find src tests bench tools -name __pycache__ -type d -prune -exec rm -rf {} +
