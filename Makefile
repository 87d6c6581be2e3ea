# Needs nothing but Python 3.11 or newer and make. PYTHON chooses the Python that makes .venv;
# ARGS is handed on, as in: make run ARGS="--data-dir /tmp/pump", make test ARGS="-k settings".
PYTHON ?= python3
ARGS ?=

ifeq ($(OS),Windows_NT)
BIN := .venv/Scripts
else
BIN := .venv/bin
endif

# prepare.py explains itself to any Python from 3.7 on; an older or missing one gets its sentence here.
PREPARE = $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 7))' 2>/dev/null || \
	{ echo "Pump Desktop needs Python 3.11 or newer. Name one: make PYTHON=/path/to/python3.12 setup" >&2; exit 1; }; \
	$(PYTHON) packaging/prepare.py

# Compiled files are kept, whatever the shell says: without them every process compiles the whole program anew.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help setup run test lint types layers bench load shots pictures docs demo-live lock clean dev wheel-smoke bundle torture faults fuzz damage soak

help: ## List what can be made
	@echo "Pump Desktop. Usage: make <target>"
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/  \1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{ printf "%-14s %s\n", $$1, $$2 }'

setup: ## Make the environment .venv from the lock file
	@$(PREPARE) run

run: setup ## Open the program; without a display, scan the sample seed pair in the terminal
	@$(PYTHON) packaging/launch.py $(ARGS)

dev:
	@$(PREPARE) dev

lint: dev ## Check style and format
	@echo "ruff check" && $(BIN)/ruff check --quiet
	@echo "ruff format --check" && $(BIN)/ruff format --check --quiet

types: dev ## Check types
	@echo "mypy" && $(BIN)/mypy --no-error-summary

layers: dev ## Check that imports point down
	@echo "lint-imports" && $(BIN)/lint-imports --no-logo

# mypy needs one core for half a minute, so it works beside the tests, and has the last word.
test: lint layers ## Check style, types and layers, and run all tests without a screen
	@mkdir -p build && echo "mypy, pytest" && \
	{ $(BIN)/mypy --no-error-summary >build/types.txt 2>&1 & types=$$!; \
	QT_QPA_PLATFORM=offscreen $(BIN)/python -m pytest -q -n 3 --dist worksteal --max-worker-restart=0 $(ARGS); \
	tests=$$?; wait $$types && exit $$tests; cat build/types.txt; exit 1; }

bench: dev ## Measure speed against the reference and the machine's limits
	@$(BIN)/python tools/bench.py $(ARGS)

load: dev ## Post live bets as fast as the listener takes them
	@$(BIN)/python -m tools.load $(ARGS)

shots: dev ## Draw every page, light and dark, into shots/
	@QT_QPA_PLATFORM=offscreen $(BIN)/python tools/shots.py $(ARGS)

pictures: dev ## Take the pictures of the guide anew, into docs/images/
	@QT_QPA_PLATFORM=offscreen $(BIN)/python -m tools.doc_pictures $(ARGS)

docs: dev ## Write docs/api.md anew from the OpenAPI document
	@$(BIN)/python -m tools.api_page

demo-live: dev ## Replay realistic live bets into a window, or into the open one (--url, --token)
	@$(BIN)/python -m tools.demo_live $(ARGS)

# Both in build/bundle-env, which holds what packaging/bundle.lock names and nothing else.
wheel-smoke: ## Build the wheel, install it alone, and let it test itself
	@$(PYTHON) packaging/bundle.py wheel

bundle: ## Freeze dist/pump-desktop, which starts by double click, and let it test itself
	@$(PYTHON) packaging/bundle.py folder

torture: dev ## Kill the program at random moments and compare what it had acknowledged
	@$(BIN)/python -m tools.torture $(ARGS)

faults: dev ## Full disk, locked file, taken port, jumping clock and the like: what is said, what is lost
	@$(BIN)/python -m tools.faults $(ARGS)

fuzz: dev ## Bent input into everything that reads from outside
	@$(BIN)/python -m tools.fuzz $(ARGS)

damage: dev ## A thousand damaged files, each opened by one process: what is told, and what is not
	@QT_QPA_PLATFORM=offscreen $(BIN)/python -m tools.damage $(ARGS)

soak: dev ## Hours of bets with the window open: memory, files, threads, longest stall
	@$(BIN)/python -m tools.soak $(ARGS)

# The run lock is a part of the dev lock, so that one environment can serve both.
LOCK := uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--no-emit-find-links --no-header --no-strip-extras -q pyproject.toml --extra build
lock: ## Write the lock files anew (needs uv)
	@command -v uv >/dev/null || { echo "make lock needs uv (https://docs.astral.sh/uv/)."; exit 1; }
	@$(LOCK) --extra dev -o packaging/dev.lock
	@$(LOCK) -c packaging/dev.lock -o packaging/run.lock
	@$(LOCK) --extra bundle -c packaging/dev.lock -o packaging/bundle.lock
	@echo "Wrote packaging/dev.lock, packaging/run.lock and packaging/bundle.lock."

clean: ## Remove .venv and everything that was built or cached here
	@rm -rf .venv build dist htmlcov shots .coverage .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find pump_desktop tests tools packaging -name __pycache__ -type d -prune -exec rm -rf {} +
	@echo "Clean."
