# The two commands: `make run` and `make test`. Both make the virtual environment they need; nothing else is touched.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: run demo test lint types fix bench clean
.DEFAULT_GOAL := run

run: .venv/installed ## watch the sources of the sample config.toml
	$(BIN)/oido run --config config.toml

demo: .venv/installed ## the same daemon against a synthetic stream on this machine
	$(BIN)/oido demo

test: lint types ## everything that must hold before a commit
	$(BIN)/python -m pytest

lint: .venv/tools
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports --no-logo

types: .venv/tools
	$(BIN)/mypy

fix: .venv/tools ## format, and mend what can be mended by itself
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: .venv/tools ## ratios against named peers, each measured in one run
	$(PIP) install --constraint constraints.txt --editable '.[bench]'
	for program in bench/[a-z]*.py; do echo "== $$program"; $(BIN)/python -m $$(echo $${program%.py} | tr / .) || exit 1; done

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Oído needs Python 3.11 or later; say which with: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	$(PYTHON) -m venv .venv

.venv/installed: .venv/bin/python pyproject.toml constraints.txt
	$(PIP) install --constraint constraints.txt --editable .
	@touch $@

.venv/tools: .venv/installed
	$(PIP) install --constraint constraints.txt --editable '.[dev]'
	@touch $@

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
