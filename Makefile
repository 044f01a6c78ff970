# Bare `make` lists the targets. Every target makes .venv from the hash-locked requirements when it is missing.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help setup setup-spark demo test test-slow test-spark check bench compiled docs starter clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(VENV)/.locked ## make .venv from the hash-locked requirements

$(VENV)/.locked: requirements/dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("cleanclaim needs Python 3.11 or later; this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	@echo "making $(VENV) from requirements/dev.txt"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

setup-spark: $(VENV)/.spark ## add Spark (some 500 MB) to .venv; it needs Java 17 or later

$(VENV)/.spark: $(VENV)/.locked requirements/spark.txt
	@echo "adding Spark to $(VENV) from requirements/spark.txt"
	@# pyspark comes as source: it is built by the hash-locked setuptools.
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-build-isolation -r requirements/spark.txt
	@touch $@

compiled: setup ## write pages and facts as Python, from which commands start fast; demo and test do so first
	@$(BIN)/python scripts/compile_edits.py

demo: compiled ## check the example claims on the starter set and print the findings
	@$(BIN)/cleanclaim check --fail-on never examples/clinic-2024q3.837 examples/clinic-2025q4.837 examples/charted.jsonl

test: compiled ## run the tests, but for those that take long
	@$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist worksteal -m "not spark and not browser and not slow"

test-slow: compiled ## run the others: Spark, the browser, kills, whole folders of official files
	@$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist worksteal -m "spark or browser or slow"

test-spark: setup-spark ## run what runs on Spark: examples, facts and findings as on DuckDB; nothing may be skipped
	@CLEANCLAIM_CI=1 $(BIN)/python -m pytest -m spark

check: setup ## ruff, mypy --strict, import contracts, generated docs fresh
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo 2>/dev/null || $(BIN)/lint-imports
	@$(BIN)/python docs/generate.py --check

bench: compiled ## measure speed and memory; ARGS="--quick" for a short run
	@$(BIN)/python -m benchmarks.run $(ARGS)

docs: setup ## write the generated pages of docs/ anew
	@$(BIN)/python docs/generate.py

starter: setup ## make the starter set anew from the official files: SHARED=../shared
	@$(BIN)/python scripts/make_starter.py $(or $(SHARED),../shared)

clean: ## remove .venv, caches and benchmark files
	@rm -rf $(VENV) .bench .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
