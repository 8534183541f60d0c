# Every target sets up what it needs. The same targets run in CI.
.DEFAULT_GOAL := help
SHELL := /bin/bash

# A Python that this project runs on: the first of these that is 3.12 or 3.13.
PYTHON ?= $(shell for p in python3.13 python3.12 python3; do \
	$$p -c 'import sys; sys.exit(sys.version_info[:2] not in ((3, 12), (3, 13)))' 2>/dev/null && { echo $$p; break; }; done)
VENV := .venv
BIN := $(VENV)/bin
ARGS ?=

.PHONY: help demo up test faults bench lint format charters tour asyncapi lock compose-up compose-down clean

help: ## Show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-13s %s\n", $$1, $$2}'

$(VENV)/installed: requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "Daihoi needs Python 3.12 or 3.13: install one (apt install python3.13, brew install python@3.13, or pyenv install 3.13) and try again, or name it: make PYTHON=/path/to/python3.13"; exit 1; }
	@echo "setting up $(VENV) with $(PYTHON) ..."
	@$(PYTHON) -m venv --clear $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

demo: $(VENV)/installed ## Tell the sample congress through the real services, report, verify (ARGS=--fresh starts over)
	@$(BIN)/daihoi demo $(ARGS)

up: $(VENV)/installed ## Run the servers and all services until Ctrl-C
	@$(BIN)/daihoi up $(ARGS)

# Tests wait more than they work; those of one file share what it sets up, and stay together.
WORKERS ?= $(shell $(PYTHON) -c 'import os; print(2 * (os.cpu_count() or 1))')

test: $(VENV)/installed ## Run every test on real servers, side by side (ARGS='tests/domain -k task' for some, WORKERS=0 in turn)
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --durations 10 $(ARGS)

ROUNDS ?=
SEED ?= 1

faults: $(VENV)/installed ## Run every fault on real servers and write tests/faults/MATRIX.md (ROUNDS=200 in all, SEED=…)
	@$(BIN)/python -m tests.faults.matrix $(if $(ROUNDS),--rounds $(ROUNDS)) --seed $(SEED) \
		$(if $(findstring --only,$(ARGS)),,--write tests/faults/MATRIX.md) $(ARGS)

# Without the peer the benchmarks run all the same, say so, and leave its columns empty.
$(VENV)/bench-installed: requirements-bench.lock $(VENV)/installed
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-bench.lock \
		&& touch $@ || echo "the peer could not be installed; going on without it"

bench: $(VENV)/bench-installed ## Measure against the floor and the peers, in the same run (FULL=1: a million events too)
	@$(BIN)/python -m benchmarks $(if $(FULL),--full) $(ARGS)

lint: $(VENV)/installed ## Check format, lint, types and imports
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache | tail -n 4; exit $${PIPESTATUS[0]}

format: $(VENV)/installed ## Format the code
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

charters: $(VENV)/installed ## Write the generated half of every service's README
	@$(BIN)/python -m daihoi.ops.charters

tour: $(VENV)/installed ## Run every command of the documents and write below it what it prints today
	@$(BIN)/python -m tests.documents

asyncapi: $(VENV)/installed ## Write the AsyncAPI document of every service to docs/asyncapi/
	@$(BIN)/python -m daihoi.cli.asyncapi

COMPILE := $(BIN)/pip-compile --quiet --generate-hashes --strip-extras --allow-unsafe --no-header --no-annotate \
	--no-emit-index-url --no-emit-trusted-host --no-emit-find-links

lock: $(VENV)/installed ## Pin the dependencies again
	@$(COMPILE) --extra dev --extra embedded --output-file requirements.lock pyproject.toml
	@$(COMPILE) --extra bench --constraint requirements.lock --output-file requirements-bench.lock pyproject.toml

# The plugin where there is one, else the older program; neither is asked before a target needs it.
COMPOSE = $(shell docker compose version >/dev/null 2>&1 && echo docker compose || echo docker-compose)

compose-up: ## Build and start everything in containers, and wait until it is ready
	@mkdir -p -m 700 .daihoi && mkdir -p .daihoi/issuer && mkdir -p -m 700 .daihoi/issuer/private \
		&& mkdir -p -m 755 .daihoi/issuer/public
	@$(COMPOSE) up --build --detach
	@for name in subcommittee propaganda logistics security tracker; do \
		for attempt in {1..60}; do \
			answer=$$($(COMPOSE) exec -T $$name python -m daihoi health $$name 2>&1) && continue 2; \
			sleep 1; \
		done; \
		echo "$$name is not ready: $$answer"; $(COMPOSE) logs --tail=20 $$name; exit 1; \
	done
	@echo "all five services are ready"

compose-down: ## Stop the containers; their data stays (ARGS=--volumes removes it)
	@$(COMPOSE) down $(ARGS)

clean: ## Remove what the other targets made, the embedded servers' data too
	rm -rf $(VENV) .daihoi out .pytest_cache .mypy_cache .ruff_cache .hypothesis
