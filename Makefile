# The commands of this project. `make help` lists them.
PYTHON ?= python3
BIN := .venv/bin
DATA ?= ../shared
# torch is only for tests of Hugging Face models, training and measuring, and large: on Linux pip may bring what graphics cards need with it, gigabytes, unless it is set to builds for processors
TORCH := torch==2.13.0

.DEFAULT_GOAL := help
.PHONY: help run test slow lab notebooks lint bench validity kremlin picture clean

help:  ## list the commands
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-9s %s\n", $$1, $$2}'

run: .venv/run.stamp  ## set up and run the pipeline on data/raw, results in results/
	$(BIN)/stance run data/raw $(if $(wildcard config.yml),--config config.yml) --out results

test: .venv/test.stamp  ## set up what testing needs and run the tests, but for those of `make slow`
	$(BIN)/python -m pytest -q

slow: .venv/slow.stamp  ## run the tests that start a cluster or a bucket on this machine
	$(BIN)/python -m pytest -q -m slow

lab: .venv/lab.stamp  ## open JupyterLab on notebooks/
	$(BIN)/jupyter lab notebooks

notebooks: .venv/lab.stamp  ## execute the notebooks in place, without widgets, times and local paths
	$(BIN)/python notebooks/execute.py

lint: .venv/lint.stamp  ## check style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: .venv/bench.stamp  ## measure speed, docs/performance.*, on DATA where it is there
	$(BIN)/python bench/speed.py --data $(DATA)

validity: .venv/run.stamp  ## simulate the coverage of the intervals, docs/validity.*
	$(BIN)/python validity/measure.py

kremlin: .venv/run.stamp  ## remake the worked example, docs/kremlin-*, from DATA
	$(BIN)/python docs/kremlin.py $(DATA)

picture: .venv/test.stamp  ## remake the README's picture of the report, docs/report.png, from DATA; needs Chromium
	$(BIN)/python docs/picture.py $(DATA)

clean:  ## remove the environment, results and caches
	rm -rf .venv results .stance-cache .pytest_cache .mypy_cache .ruff_cache .hypothesis build dist
	find src tests training bench validity -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true

.venv/made.stamp:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; name one with: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv .venv
	touch $@

.venv/run.stamp: pyproject.toml .venv/made.stamp
	$(BIN)/pip install --quiet -e .
	touch $@

.venv/test.stamp: pyproject.toml .venv/made.stamp
	$(BIN)/pip install --quiet $(TORCH)
	$(BIN)/pip install --quiet -e '.[test,hub,label,evaluate]'
	touch $@

.venv/slow.stamp: .venv/test.stamp
	$(BIN)/pip install --quiet -e '.[slow]'
	touch $@

.venv/bench.stamp: .venv/test.stamp
	$(BIN)/pip install --quiet -e '.[bench]'
	touch $@

.venv/lab.stamp: pyproject.toml .venv/made.stamp
	$(BIN)/pip install --quiet -e '.[lab,label]'
	touch $@

.venv/lint.stamp: pyproject.toml .venv/made.stamp
	$(BIN)/pip install --quiet -e '.[lint]'
	touch $@
