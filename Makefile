# The commands of daily work; plain `make` lists them.

BIN := .venv/bin
RUN := .venv/.requirements
DEV := .venv/.requirements-dev

# Compiled files are for every process that tests start; who forbids them pays a tenth of each start.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev demo demo-reset dev bench soak check format regenerate test screenshots lint types imports dead-code dependencies

help:  ## List these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(RUN)  ## Make .venv with what running needs

setup-dev: $(DEV)

demo: $(RUN)  ## Run a salon with calls coming in on http://localhost:8000
	@exec $(BIN)/sekretarka demo

demo-reset: $(RUN)  ## Delete the demo's data, so that the next demo starts over
	@$(BIN)/sekretarka demo --reset

dev: $(RUN)  ## Run with hot reload
	@exec $(BIN)/sekretarka dev

test: $(DEV)  ## Run every test, on SQLite and PostgreSQL, with Valkey and Chromium
	$(BIN)/pytest -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder

bench: $(DEV)  ## Measure requests, webhooks, tools, live updates, memory and start-up on both databases
	@$(BIN)/python -m tests.bench

soak: $(DEV)  ## Run the long campaigns: every time zone, a thousand rounds of every race, kills, generated requests
	$(BIN)/pytest -m soak -s --durations 20

check: $(DEV)  ## Check format, lint, types, import contracts, dead code, unused dependencies
	@$(MAKE) --no-print-directory -j 2 types lint imports dead-code dependencies

format: $(DEV)  ## Format the code and repair what lint can
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

regenerate: $(DEV)  ## Write again what is made from the code: tables of roles, the API's document, .env.example
	$(BIN)/python -m tests.support.regenerate

screenshots: $(DEV)  ## Take pictures of every screen in every look, from a fresh demo
	$(BIN)/python -m tests.e2e.screenshots

lint: $(DEV)
	$(BIN)/ruff format --check --quiet . || { echo "run: make format"; exit 1; }
	$(BIN)/ruff check --quiet .

types: $(DEV)
	$(BIN)/mypy

imports: $(DEV)
	$(BIN)/lint-imports --no-logo

dead-code: $(DEV)
	$(BIN)/vulture

dependencies: $(DEV)
	$(BIN)/deptry .

# Stamps: made once, and again when what they were made from changes.
$(BIN)/python:
	@sh .ci/venv .venv

$(RUN): requirements.txt pyproject.toml | $(BIN)/python
	@echo "Installing what running needs (once, under a minute) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
	@touch $@

$(DEV): requirements-dev.txt $(RUN)
	@echo "Installing what tests and checks need (once) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@
