# Everything a person needs to do with this checkout. `make help` lists it.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt

.PHONY: help demo test test-fast check lint format bench lock clean

help:
	@echo "make demo       install the light core and open the local page on http://127.0.0.1:8787"
	@echo "make test       install everything the tests need and run all of them"
	@echo "make test-fast  the tests that take less than three minutes together"
	@echo "make check      ruff, mypy, import-linter and all tests: what a change must pass"
	@echo "make lint       ruff, mypy and import-linter only"
	@echo "make format     let ruff rewrite the files"
	@echo "make bench      print the measured speeds"
	@echo "make lock       write constraints.txt anew from the newest releases"
	@echo "make clean      remove the virtual environment and caches"

demo: $(VENV)/core.installed
	$(BIN)/threadbrush demo

test: $(VENV)/all.installed
	$(BIN)/python -m pytest -n auto --dist loadgroup $(PYTEST)

test-fast: $(VENV)/all.installed
	$(BIN)/python -m pytest -n auto --dist loadgroup -m "not slow" $(PYTEST)

check: lint test

lint: $(VENV)/all.installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/all.installed
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/all.installed
	$(BIN)/python -m tests.benchmarks

# A fresh environment with everything, frozen. Left out: what differs between CPU and CUDA builds, and this project.
lock:
	rm -rf build/lock
	$(PYTHON) -m venv build/lock
	build/lock/bin/python -m pip install --quiet --disable-pip-version-check -e '.[cjk,dev,gpu]'
	mkdir -p build
	build/lock/bin/python -m pip freeze --exclude-editable \
		| grep -v -i -E '^(nvidia-|cuda-|triton|threadbrush|-e )' \
		| sed -E 's/^([A-Za-z0-9_.-]+) @ .*[/]([A-Za-z0-9_.]+)-([0-9][^-+]*)(\+[^-]*)?-.*$$/\1==\3/; s/\+[A-Za-z0-9.]+$$//' \
		| sort -f > build/constraints.txt
	grep -q '^torch==' build/constraints.txt
	mv build/constraints.txt constraints.txt
	rm -rf build/lock

clean:
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis

# The environment is made anew when it is incomplete; a stamp is written only after a complete installation.
$(VENV)/made $(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Threadbrush needs Python 3.11 or newer; set PYTHON=/path/to/it"; exit 1; }
	$(PYTHON) -m venv --clear $(VENV)
	touch $(VENV)/made

$(VENV)/core.installed: $(VENV)/made $(BIN)/python pyproject.toml constraints.txt
	$(PIP) -e '.[cjk]'
	touch $@

$(VENV)/all.installed: $(VENV)/made $(BIN)/python pyproject.toml constraints.txt
	$(PIP) -e '.[cjk,dev,gpu]'
	touch $@ $(VENV)/core.installed
