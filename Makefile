# Every target works on a fresh machine with Python 3.11 or newer (venv and headers), a C++ compiler and make.
# Settings: PYTHON=python3.12 (the interpreter), and for `make up` FOR=30s TARGETS=targets.yaml PORT=9500.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$python -c '$(NEW_ENOUGH)' 2>/dev/null && echo $$python && break; done)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input --quiet
KERNELS := native/CMakeLists.txt $(wildcard native/*.[ch]pp native/*/*.[ch]pp)
# Many tests wait for servers rather than for a processor, so there is one worker more than cores, and four at most.
WORKERS ?= $(shell cores=$$(nproc 2>/dev/null || echo 2); echo $$((cores < 3 ? cores + 1 : 4)))
ARGUMENTS = $(if $(FOR),--for $(FOR)) $(if $(TARGETS),--targets $(TARGETS)) $(if $(PORT),--port $(PORT))

# Tests and commands start hundreds of processes, and each would compile every module anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help up test check soak proof lint bench mutants servers servers-all golden environment clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

up: environment ## everything on one machine; Ctrl-C ends it (FOR=30s TARGETS=FILE PORT=N)
	@exec $(BIN)/emberline up $(ARGUMENTS)

test: environment ## every test, against the real servers that are quick to get
	@$(BIN)/python scripts/fetch-servers || echo "The tests that need what is missing are skipped and named." >&2
	@$(BIN)/pytest --numprocesses=$(WORKERS) --dist=worksteal

check: lint test ## every gate

soak: environment ## what `make test` samples, in full: mutants and tickets of all rows, a million cases per Prometheus (an hour on two cores)
	@$(BIN)/python scripts/fetch-servers || echo "The tests that need what is missing are skipped and named." >&2
	@$(BIN)/pytest --soak --verbose --durations=10 --numprocesses=$(WORKERS) \
		tests/rules/test_mutants.py tests/rules/test_promtool.py tests/integration/exact/test_exact.py tests/exporter/nvml/test_chaos.py

proof: environment ## what needs npm or a browser: units by Grafana's own formatter, and a picture of each dashboard
	@$(BIN)/python scripts/fetch-servers || echo "The tests that need what is missing are skipped and named." >&2
	@mkdir -p .cache/proof && cp tests/proof/package.json tests/proof/package-lock.json .cache/proof/
	@npm ci --prefix .cache/proof --silent --no-audit --no-fund || echo "Without npm units are not checked." >&2
	@$(BIN)/pytest --proof --verbose tests/proof

lint: environment ## ruff, mypy, import-linter
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo

bench: environment ## one benchmark: NAME=exposition (without a name: which there are)
	@$(if $(NAME),$(BIN)/python -m bench.$(NAME),ls bench/*.py | sed 's|bench/\(.*\)\.py|make bench NAME=\1|')

mutants: environment ## a sample of mutants of each package must die (PACKAGE=slo COUNT=20 SEED=1)
	@$(BIN)/python scripts/mutants $(if $(COUNT),--count $(COUNT)) $(if $(SEED),--seed $(SEED)) $(PACKAGE)

servers: environment ## the real servers that `make test` uses
	@$(BIN)/python scripts/fetch-servers

servers-all: environment ## those, and what must be built with Go (minutes)
	@$(BIN)/python scripts/fetch-servers --all

golden: environment ## rewrite the golden files; review the diff
	@$(BIN)/pytest --quiet --update-golden
	@git --no-pager diff --stat -- tests/golden docs/runbooks docs/handbook.md

environment: $(VENV)/.installed

$(VENV)/.python:
	@test -n "$(PYTHON)" || { echo "No Python 3.11 or newer found; install one or name it: make PYTHON=..." >&2; exit 2; }
	@$(PYTHON) -c '$(NEW_ENOUGH)' || { echo "$(PYTHON) is older than Python 3.11: make PYTHON=..." >&2; exit 2; }
	@$(PYTHON) -c 'import ensurepip, venv' || { echo "$(PYTHON) lacks the venv module (Debian: apt-get install python3-venv)" >&2; exit 2; }
	@$(PYTHON) -m venv --clear $(VENV)
	@touch $@

$(VENV)/.locked: requirements.lock $(VENV)/.python
	@echo "Installing locked dependencies into $(VENV)"
	@$(PIP) install --require-hashes -r requirements.lock
	@touch $@

$(VENV)/.installed: $(VENV)/.locked pyproject.toml $(KERNELS)
	@command -v $${CXX:-c++} >/dev/null || echo "No C++ compiler: the slower Python twins take over." >&2
	@$(BIN)/python -c 'import sysconfig, pathlib, sys; sys.exit(not pathlib.Path(sysconfig.get_path("include"), "Python.h").is_file())' \
		|| echo "No Python.h (Debian: apt-get install python3-dev): the slower Python twins take over." >&2
	@echo "Building the kernels and installing emberline into $(VENV)"
	@$(PIP) install --no-build-isolation --no-deps --editable .
	@touch $@

clean: ## remove what make made, except the servers' cache
	rm -rf $(VENV) build dist out .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
