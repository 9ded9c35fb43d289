# Two commands are all that a user needs: `make app` runs the app, `make test` tests it.
# Both need only Python >= 3.11 and make; the first use installs everything into .venv.

PYTHON ?= python3
PORT ?= 8501
HOST ?= localhost
HEADLESS ?= 0
BIN := .venv/bin
VENDOR := aeviz/web/components/vendor
RUNTIME := $(VENDOR)/onnxruntime-web/stamp.json
TSC := .venv/typescript/tsc
SCRIPTS := $(filter-out aeviz/web/components/bundled/%,$(wildcard aeviz/web/components/*/*.js))
BUNDLES := aeviz/web/components/bundled/stamp.json
CORE_TESTS := $(addprefix tests/,analysis bring data export lab lessons models objectives training test_cli.py test_cli_train.py test_config.py test_presets.py test_records.py)

# Half as many processes again as cores, since browser tests wait; each takes half of the rest when it is done.
PROCESSES ?= $(shell $(PYTHON) -c 'import os; print(min(8, 3 * (os.cpu_count() or 2) // 2))')
PYTEST := $(BIN)/python -m pytest --numprocesses=$(PROCESSES) --dist=worksteal --durations=20 -rfER

.PHONY: help app test test-slow test-all test-oldest lint audit docs bench checkpoints results measure clean
.NOTPARALLEL: # one pip at a time works in .venv
.DEFAULT_GOAL := help

help: ## show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

app: .venv/app.stamp $(RUNTIME) $(BUNDLES) .venv/onnx.stamp ## run the app; PORT=8600, HOST=0.0.0.0 for a class, HEADLESS=1 opens no browser
	$(BIN)/aeviz app --port $(PORT) --host $(HOST) $(if $(filter 1 true yes,$(HEADLESS)),--headless)

test: .venv/dev.stamp $(RUNTIME) $(BUNDLES) .venv/onnx.stamp ## run the tests but for the slow ones; they look for data sets in AEVIZ_DATA and for Chromium
	$(PYTEST) -m "not slow"

test-slow: .venv/dev.stamp $(RUNTIME) $(BUNDLES) .venv/onnx.stamp ## run the slow tests: memory over a thousand drags, photographs, neighbour maps, 5,000 hostile files
	$(PYTEST) -m slow

test-all: .venv/dev.stamp $(RUNTIME) $(BUNDLES) .venv/onnx.stamp ## run all tests
	$(PYTEST)

test-oldest: .venv-oldest/app.stamp ## run the core's tests on the oldest PyTorch that they pass on, in an environment of its own
	.venv-oldest/bin/python -m pytest $(CORE_TESTS)

lint: .venv/dev.stamp ## check format, lint, types (Python, and JavaScript where npm is) and the direction of imports
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	@$(BIN)/python -m tools.vendor typescript --into .venv
	@if [ -x $(TSC) ]; then echo $(TSC); $(TSC); fi

audit: ## warn of known weaknesses in the pinned packages (pip-audit); without a network it says so
	@$(PYTHON) -m tools.audit

docs: .venv/docs.stamp ## build the documentation as a site into build/site; a warning is an error, and nothing asks a network
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build -q -f docs/site/mkdocs.yml

bench: .venv/bench.stamp ## measure speed against named peers (minutes)
	$(BIN)/python benchmarks/training.py
	$(BIN)/python benchmarks/together.py
	$(BIN)/python benchmarks/quality.py mlp-2d-adam --epochs 0
	$(BIN)/python benchmarks/ms_ssim.py
	$(BIN)/python benchmarks/app_start.py
	$(BIN)/python benchmarks/load.py
	$(BIN)/python benchmarks/faces.py
	$(BIN)/python benchmarks/in_page.py
	$(BIN)/python benchmarks/pca.py
	$(BIN)/python benchmarks/playground.py

checkpoints: .venv/app.stamp ## train again all that ships, from AEVIZ_DATA (hours on two cores)
	$(BIN)/python -m tools.ship

results: .venv/app.stamp ## write the tables of docs/results.md from the models that ship
	$(BIN)/python -m tools.results

measure: .venv/app.stamp ## measure for the Lab what takes minutes, from the models that ship and AEVIZ_DATA
	$(BIN)/python -m tools.rate
	$(BIN)/python -m tools.samples
	$(BIN)/python -m tools.sharpness
	$(BIN)/python -m tools.learning_rates
	$(BIN)/python -m tools.atlas
	$(BIN)/python -m tools.recipe_curves

clean: ## remove what was installed and cached; data and runs stay
	rm -rf .venv .venv-oldest $(VENDOR) $(dir $(BUNDLES)) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
	rm -f checkpoints/*/decoder.onnx checkpoints/*/encoder.onnx
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "aeviz needs Python 3.11 or newer, but $(PYTHON) is $$($(PYTHON) --version); say make app PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv .venv

.venv/app.stamp: pyproject.toml constraints.txt | .venv/bin/python
	@echo "Installing PyTorch, Streamlit and the rest: one to five minutes, once"
	$(BIN)/python -m pip install --disable-pip-version-check -q -c constraints.txt -e .
	@touch $@

.venv/dev.stamp: pyproject.toml constraints.txt | .venv/bin/python
	@echo "Installing PyTorch, Streamlit, the test tools and the rest: one to five minutes, once"
	$(BIN)/python -m pip install --disable-pip-version-check -q -c constraints.txt -e '.[dev]'
	@touch $@ .venv/app.stamp .venv/docs.stamp

.venv/docs.stamp: pyproject.toml constraints.txt | .venv/bin/python
	$(BIN)/python -m pip install --disable-pip-version-check -q -c constraints.txt -e '.[docs]'
	@touch $@ .venv/app.stamp

.venv/bench.stamp: pyproject.toml constraints.txt | .venv/bin/python
	$(BIN)/python -m pip install --disable-pip-version-check -q -c constraints.txt -e '.[dev,bench]'
	@touch $@ .venv/app.stamp .venv/dev.stamp .venv/docs.stamp

# Without dependencies: pyproject.toml asks for a newer PyTorch, which is what a user should have.
.venv-oldest/app.stamp: pyproject.toml constraints-oldest.txt
	@test -x .venv-oldest/bin/python || $(PYTHON) -m venv .venv-oldest
	.venv-oldest/bin/python -m pip install --disable-pip-version-check -q -r constraints-oldest.txt
	.venv-oldest/bin/python -m pip install --disable-pip-version-check -q --no-deps -e .
	@touch $@

# The page's ONNX runtime. Where it cannot be fetched the app does without, and the next make tries again.
$(RUNTIME): tools/npm.json | .venv/bin/python
	@$(BIN)/python -m tools.vendor --bring-npm
	@if [ -f $@ ]; then touch $@; fi

# One file for each component of the page. Where they cannot be made the page loads its modules one by one.
$(BUNDLES): $(SCRIPTS) tools/bundle.py tools/npm.json | $(RUNTIME)
	@$(BIN)/python -m tools.bundle
	@if [ -f $@ ]; then touch $@; fi

# The networks of the models that ship, as the page runs them.
.venv/onnx.stamp: $(wildcard checkpoints/*/model.safetensors) | .venv/bin/python
	@if $(BIN)/aeviz export --shipped --format onnx; then touch $@; fi
