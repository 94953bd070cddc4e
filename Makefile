# Playhead's two commands are `make run` and `make test`; both do all the set-up.
# PYTHON names the interpreter that the virtual environment is made with (3.11 or newer).

PYTHON ?= python3
VENV ?= .venv
EXAMPLE ?= harbour
# Most tests wait for processes, so that more than two workers keep two cores busy.
WORKERS ?= 3

BIN := $(VENV)/bin
READY := $(VENV)/.ready
LOCK_FLAGS := --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	--no-emit-index-url --quiet $(if $(UPGRADE),--upgrade)

.DEFAULT_GOAL := help
.PHONY: help setup run test format-check lint types contracts tests bench soak format lock stubs clean

help: ## List the commands
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1|\2/p' $(firstword $(MAKEFILE_LIST)) \
		| while IFS='|' read -r name text; do printf '  make %-13s %s\n' "$$name" "$$text"; done

setup: $(READY) ## Make .venv from the lock; does nothing when it is up to date

$(READY): requirements-dev.lock pyproject.toml .ci/set-up .ci/system-libraries
	@.ci/set-up "$(PYTHON)" "$(VENV)"
	@touch $@

run: $(READY) ## Open the studio on a bundled example; without a display play it here (EXAMPLE=name)
	@$(BIN)/playhead studio resources/examples/$(EXAMPLE) \
		|| { [ $$? -eq 1 ] && $(BIN)/playhead play resources/examples/$(EXAMPLE); }

test: $(READY) ## Check everything: format, lint, types, import contracts, tests
	@$(MAKE) --no-print-directory format-check
	@$(MAKE) --no-print-directory lint
	@$(MAKE) --no-print-directory types
	@$(MAKE) --no-print-directory contracts
	@$(MAKE) --no-print-directory tests

format-check: $(READY) ## Check the format of every file
	$(BIN)/ruff format --check --quiet .

lint: $(READY) ## Look for mistakes with ruff
	$(BIN)/ruff check --quiet .

types: $(READY) ## Check the types with mypy
	$(BIN)/mypy

contracts: $(READY) ## Check who may import whom
	$(BIN)/lint-imports --no-logo

tests: $(READY) ## Run the tests
	$(BIN)/pytest -q -rs -n $(WORKERS) --dist loadfile

bench: $(READY) ## Measure every figure and print the table (FIGURES="stop log", WRITE=1)
	$(BIN)/python -m tests.bench $(if $(WRITE),--write) $(FIGURES)

soak: $(READY) ## Run the slow tests with many more rounds; takes some minutes
	PLAYHEAD_SOAK=1 $(BIN)/pytest -q -m slow --timeout=3600

format: $(READY) ## Format every file and fix what can be fixed
	$(BIN)/ruff check --quiet --fix .
	$(BIN)/ruff format --quiet .

lock: $(READY) ## Bring the lock files up to date with pyproject.toml (UPGRADE=1)
	$(BIN)/uv pip compile pyproject.toml $(LOCK_FLAGS) -o requirements.lock
	$(BIN)/uv pip compile pyproject.toml --extra dev $(LOCK_FLAGS) -o requirements-dev.lock

stubs: $(READY) ## Make the gRPC stubs anew from session/api/grpc/playhead.proto
	$(BIN)/python -m grpc_tools.protoc --proto_path=. --python_out=. --pyi_out=. \
		session/api/grpc/playhead.proto

clean: ## Remove the virtual environment, caches and build leftovers
	rm -rf "$(VENV)" build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache \
		.hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
